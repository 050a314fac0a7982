public import VarveEvents

/// A period of a series beside the one before it.
public struct PeriodChange: Sendable {
    /// The values added up, or their mean.
    public enum Kind: String, CaseIterable, Sendable { case sum, mean }

    public var current: Double
    public var previous: Double
    /// In percent of the previous; nil if that is 0.
    public var changePercent: Double? { previous == 0 ? nil : 100 * (current - previous) / abs(previous) }
    /// `better`, `worse`, `changed`, `same`.
    public var verdict: String
    /// The mean and the standard deviation of the values of the current period.
    public var mean: Double
    public var deviation: Double
    /// Values of the current period more than two standard deviations from their mean.
    public var outliers: [SeriesPoint]

    /// The distance from the mean, in standard deviations, from which a value is an outlier.
    public static let limit = 2.0

    /// Nil if a period has no values. The points are divided at `border`: before it is previous.
    public init?(_ points: [SeriesPoint], border: Timestamp, kind: Kind, polarity: Polarity) {
        let known = points.filter { $0.finite != nil }
        let before = known.filter { $0.time < border }.compactMap(\.finite)
        let now = known.filter { $0.time >= border }
        let values = now.compactMap(\.finite)
        guard !before.isEmpty, !values.isEmpty else { return nil }
        let (total, earlier) = (values.reduce(0, +), before.reduce(0, +))
        current = kind == .sum ? total : total / Double(values.count)
        previous = kind == .sum ? earlier : earlier / Double(before.count)
        verdict = polarity.verdict(current - previous)
        let (mean, deviation) = (Summary.mean(values), Summary.deviation(values))
        (self.mean, self.deviation) = (mean, deviation)
        outliers = deviation > 0 ? now.filter { abs(($0.finite ?? mean) - mean) > Self.limit * deviation } : []
    }
}
