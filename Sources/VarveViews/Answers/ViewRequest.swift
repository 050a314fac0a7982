public import VarveEvents
public import VarveProjections

/// A query of a view, answered by `ViewAnswers`.
///
///     ViewRequest(view, bucket: .hour, by: ["component"], from: start, to: end)
///
/// `from` and `to` select by event time; `asOf` selects a prefix of the log, that is, what was known then.
public struct ViewRequest: Sendable {
    /// Where the answer comes from.
    public enum Source: Hashable, Sendable {
        /// The store of a projector; an error if it does not keep the view. Minutes and past states come from the log.
        case kept(projector: String)
        /// The store of a projector if it keeps the view, else the log.
        case keptOrLog(projector: String)
        /// The log, using and saving cached states of whole segments, on top of the base.
        case log
        /// The log, folded for this request alone, for definitions that no projector keeps. Expired events are not included.
        case fold
    }

    public var view: AnyView
    public var source: Source
    /// Nil for the current state: all that is kept, or all that is durable.
    public var asOf: AsOf?
    /// Nil for hours, or the finest permanent bucket of the view if that is coarser.
    public var bucket: BucketLevel?
    /// A table of a sequential view; nil for the first.
    public var table: String?
    /// The dimensions to group by; others are merged. Nil for all, empty for none.
    public var by: [String]?
    /// Conditions on dimensions, or on columns of a table.
    public var filters: [DimensionFilter]
    /// Event time at or after this.
    public var from: Timestamp?
    /// Event time before this.
    public var to: Timestamp?
    /// Which rows to return and in which order; by default all, by time and dimensions.
    public var order: RowOrder
    /// Whether the answer may use whole buckets where the range cuts a bucket whose events have expired; the answer gives the
    /// range used. If false, such a request throws `.expired`.
    public var mayWiden = true

    public init(
        _ view: AnyView, source: Source = .kept(projector: "main"), asOf: AsOf? = nil, bucket: BucketLevel? = nil,
        table: String? = nil, by: [String]? = nil, where filters: [DimensionFilter] = [], from: Timestamp? = nil,
        to: Timestamp? = nil, order: RowOrder = RowOrder()
    ) {
        self.view = view
        self.source = source
        self.asOf = asOf
        self.bucket = bucket
        self.table = table
        self.by = by
        self.filters = filters
        self.from = from
        self.to = to
        self.order = order
    }
}
