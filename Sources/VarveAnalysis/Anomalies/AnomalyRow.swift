public import VarveEvents

/// What the detector says of one point, from the points before it.
public struct AnomalyRow: Hashable, Sendable {
    public var time: Timestamp
    /// Nil where nothing was measured.
    public var value: Double?
    /// What was expected; nil before there is anything to expect from.
    public var expected: Double?
    /// The band around it that a single value leaves about as rarely as the threshold says.
    public var low: Double?
    public var high: Double?
    /// How rare this is: 3 means that of a thousand points of a quiet series one is as unusual. Zero while warming up.
    public var score: Double
    /// Whether something unusual begins here. What goes on is not marked again until it has calmed down or become rarer still.
    public var anomaly: Bool
}
