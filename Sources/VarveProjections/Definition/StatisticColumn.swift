/// One column that shows a statistic of a quantile sketch.
public struct StatisticColumn: Hashable, Sendable {
    public var name: String
    public var statistic: Statistic

    public init(_ name: String, _ statistic: Statistic) {
        self.name = name
        self.statistic = statistic
    }
}
