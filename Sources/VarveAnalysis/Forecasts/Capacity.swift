public import VarveEvents

/// When a series reaches a limit, by its forecast.
public struct Capacity: Hashable, Sendable {
    /// The latest value.
    public var value: Double
    /// When the forecast reaches the limit, and when the edges of its band do: the nearer edge at the earliest. Nil where that is
    /// not within the horizon.
    public var expected: Timestamp?
    public var earliest: Timestamp?
    public var latest: Timestamp?
    /// The model of the forecast.
    public var model: String

    /// Nil of fewer than `Forecast.fewestValues` values. A limit below the latest value is one that the series falls to.
    ///
    /// - Parameters:
    ///   - horizon: how many steps to look ahead.
    ///   - level: the share of values that the band holds.
    public init?(_ points: [SeriesPoint], limit: Double, horizon: Int, level: Double = 0.95) {
        let latestPoint = points.filter { $0.finite != nil }.max { $0.time < $1.time }
        guard let latestPoint, let value = latestPoint.finite,
            let forecast = Forecast(points, horizon: horizon, level: level)
        else { return nil }
        self.value = value
        model = forecast.model
        guard value != limit else {
            (expected, earliest, latest) = (latestPoint.time, latestPoint.time, latestPoint.time)
            return
        }
        let rises = value < limit
        func first(_ number: (ForecastRow) -> Double) -> Timestamp? {
            forecast.rows.first { rises ? number($0) >= limit : number($0) <= limit }?.time
        }
        expected = first(\.forecast)
        earliest = first(rises ? \.high : \.low)
        latest = first(rises ? \.low : \.high)
    }
}
