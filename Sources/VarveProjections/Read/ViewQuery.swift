public import VarveEvents

/// A query of a view.
public struct ViewQuery: Hashable, Sendable {
    /// A level at least as coarse as the state's.
    public var bucket: BucketLevel
    /// The dimensions to group by; the others are merged. Nil for all, empty for none.
    public var by: [String]?
    /// Filters on dimensions.
    public var filters: [DimensionFilter]
    /// Only buckets that end after this event time.
    public var from: Timestamp?
    /// Only buckets that start before this event time.
    public var to: Timestamp?

    public init(
        bucket: BucketLevel, by: [String]? = nil, where filters: [DimensionFilter] = [], from: Timestamp? = nil,
        to: Timestamp? = nil
    ) {
        self.bucket = bucket
        self.by = by
        self.filters = filters
        self.from = from
        self.to = to
    }
}

extension ViewQuery {
    /// The buckets of `level` that overlap the query's range; nil if there are none.
    public func buckets(of view: ViewDefinition, _ level: BucketLevel) -> ClosedRange<Int64>? {
        let first = from.map { view.zone.bucket(of: $0.nanoseconds, level) } ?? .min
        let last = to.map { $0.nanoseconds == .min ? .min : view.zone.bucket(of: $0.nanoseconds - 1, level) } ?? .max
        return first <= last ? first...last : nil
    }
}
