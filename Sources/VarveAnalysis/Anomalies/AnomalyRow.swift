public import VarveEvents

/// The detector's result for one point, based on the points before it.
public struct AnomalyRow: Hashable, Sendable {
    public var time: Timestamp
    /// Nil if there is no value.
    public var value: Double?
    /// The expected value; nil before there is enough data.
    public var expected: Double?
    /// The band around the expected value that single values leave about as rarely as the threshold implies.
    public var low: Double?
    public var high: Double?
    /// How rare the point is: at 3, one of a thousand points of a quiet series is as unusual. Zero while warming up.
    public var score: Double
    /// Whether an anomaly begins here. While it lasts, it is not marked again until the series has calmed down or a point is
    /// even rarer.
    public var anomaly: Bool
}
