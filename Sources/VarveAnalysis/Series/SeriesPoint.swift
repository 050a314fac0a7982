public import VarveEvents

/// One point of a series: a time and a value.
public struct SeriesPoint: Hashable, Sendable {
    public var time: Timestamp
    /// Nil if there is no value. A value that is not finite is treated as absent.
    public var value: Double?

    public init(time: Timestamp, value: Double?) {
        self.time = time
        self.value = value
    }

    /// The value if it is present and finite.
    var finite: Double? {
        guard let value, value.isFinite, value.magnitude < 1e150 else { return nil }
        return value
    }
}
