public import VarveEvents

/// A question to a sequential projection.
public struct SequentialQuery: Hashable, Sendable {
    /// One of the projection's tables; nil for the first.
    public var table: String?
    /// What columns must be, by their text.
    public var filters: [DimensionFilter]
    /// Only entries that went on until this event time or later.
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
    /// Whether a row that happened at `value` lies in the time asked for.
    func holds(_ value: ViewValue) -> Bool {
        guard case .time(let time) = value else { return from == nil && to == nil }
        return from.map { $0 <= time } ?? true && to.map { time < $0 } ?? true
    }
}
