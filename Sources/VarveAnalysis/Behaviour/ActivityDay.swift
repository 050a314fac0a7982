public import VarveEvents

/// A day on which someone did far more, or far less, than on the days before.
public struct ActivityDay: Hashable, Sendable {
    public var name: String
    public var day: Timestamp
    public var value: Double
    /// The mean of the days before.
    public var usual: Double
    /// The difference in standard deviations.
    public var deviations: Double

    /// Days before that are needed, standard deviations, and the least difference.
    public static let history = 5
    public static let limit = 5.0
    private static let least = 5.0

    /// The unusual days of one person, in order. A day is judged by the days before it; the variance is never below that of a
    /// Poisson variable, so a handful of actions is no finding.
    public static func find(_ name: String, _ days: [SeriesPoint]) -> [ActivityDay] {
        var past: [Double] = []
        var found: [ActivityDay] = []
        for point in days {
            guard let value = point.finite else { continue }
            if past.count >= history {
                let usual = Summary.mean(past)
                let deviation = max(Summary.deviation(past), max(usual, 1).squareRoot())
                let score = (value - usual) / deviation
                if abs(score) >= limit, abs(value - usual) >= least {
                    found.append(ActivityDay(name: name, day: point.time, value: value, usual: usual, deviations: score))
                    // An unusual day does not become usual at once.
                    past.append(usual + (score > 0 ? limit : -limit) * deviation)
                    continue
                }
            }
            past.append(value)
        }
        return found
    }
}
