public import VarveEvents

/// What is expected at one moment to come.
public struct ForecastRow: Hashable, Sendable {
    public var time: Timestamp
    /// In the unit of the series.
    public var forecast: Double
    /// Where the value lies with the level asked for.
    public var low: Double
    public var high: Double
}
