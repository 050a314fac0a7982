public import VarveEvents
public import VarveProjections

/// A question to a view: what `ViewAnswers` answers.
///
///     ViewRequest(view, bucket: .hour, by: ["component"], from: start, to: end)
///
/// `from` and `to` select by the events' own time, `asOf` a prefix of the log: what was known then.
public struct ViewRequest: Sendable {
    /// Where an answer comes from.
    public enum Source: Hashable, Sendable {
        /// What a projector keeps. Refused when it does not keep the view. Minutes and the past come from the log.
        case kept(projector: String)
        /// What a projector keeps, where it keeps the view, else the log.
        case keptOrLog(projector: String)
        /// The log: states of whole segments are taken from the cache and left there, and the base counts.
        case log
        /// The log, folded for this question alone: for definitions that nobody keeps. Events that expired are not in it.
        case fold
    }

    public var view: AnyView
    public var source: Source
    /// Nil for all that is kept, or all that is durable.
    public var asOf: AsOf?
    /// Nil for hours, or the finest that the view keeps.
    public var bucket: BucketLevel?
    /// Of a sequential view one of its tables; nil for the first.
    public var table: String?
    /// The dimensions to split by; the others are merged. Nil for all, empty for none.
    public var by: [String]?
    /// What dimensions, or columns of a table, must be.
    public var filters: [DimensionFilter]
    /// Event time from here on.
    public var from: Timestamp?
    /// Event time before this.
    public var to: Timestamp?
    /// Which rows, and in which order; by default all, by time and dimensions.
    public var order: RowOrder
    /// Whether an answer may take whole buckets where the range cuts one whose events have expired; it says which range it took.
    /// Else it is refused.
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
