public import VarveEvents

/// One point of a series: a moment and what was measured then.
public struct SeriesPoint: Hashable, Sendable {
    public var time: Timestamp
    /// Nil where nothing was measured. A value that is not finite is taken for none.
    public var value: Double?

    public init(time: Timestamp, value: Double?) {
        self.time = time
        self.value = value
    }

    /// The value, if it is a number that can be calculated with.
    var finite: Double? {
        guard let value, value.isFinite, value.magnitude < 1e150 else { return nil }
        return value
    }
}
