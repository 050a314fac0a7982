public import VarveEvents

/// A query of a sequential projection.
public struct SequentialQuery: Hashable, Sendable {
    /// One of the projection's tables; nil for the first.
    public var table: String?
    /// Filters on columns, by their text.
    public var filters: [DimensionFilter]
    /// Only entries that ended at this event time or later, or are open.
    public var from: Timestamp?
    /// Only entries that began before this event time.
    public var to: Timestamp?

    public init(
        table: String? = nil, where filters: [DimensionFilter] = [], from: Timestamp? = nil, to: Timestamp? = nil
    ) {
        self.table = table
        self.filters = filters
        self.from = from
        self.to = to
    }
}

extension SequentialQuery {
    /// Whether a row with the time `value` is in the requested range.
    func holds(_ value: ViewValue) -> Bool {
        guard case .time(let time) = value else { return from == nil && to == nil }
        return from.map { $0 <= time } ?? true && to.map { time < $0 } ?? true
    }
}
