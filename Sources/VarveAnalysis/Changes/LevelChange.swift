public import VarveEvents

/// A moment at which the level of a series changed for longer than an outlier lasts.
public struct LevelChange: Hashable, Sendable {
    /// The first value of the new level.
    public var time: Timestamp
    /// The mean before, back to the previous change, and after, up to the next, in the unit of the series.
    public var before: Double
    public var after: Double
    /// The change in standard deviations of a single value; nil for a series that is constant between its changes.
    public var deviations: Double?
}
