// What comes next? A dozen plain models are tried at many past moments of the series; the one that was nearest to what came then,
// or the mean of the best three, says what comes now, and its errors of then are the band.
//
//     values   ├────────── 60 %: weights ──────────┼──── 40 %: moments at which each model is asked ────┤─── horizon ──▶
//
// The choice by a rolling origin: Tashman, Out-of-Sample Tests of Forecasting Accuracy, 2000.

internal import VarveEvents

/// What comes after a series.
public struct Forecast: Sendable {
    /// One for each step, the next first.
    public var rows: [ForecastRow]
    /// The model that was chosen, in words.
    public var model: String
    /// Steps of the season it uses, if any.
    public var season: Int?
    /// Its mean absolute error over the moments tried, and that of the naive forecast (of the same season ago, else of the last
    /// value) at the same moments.
    public var error: Double
    public var naiveError: Double
    /// Nanoseconds of a step.
    public var step: Int64

    /// Steps that can be asked for.
    public static let longestHorizon = 10_000
    /// Values that a forecast needs.
    public static let fewestValues = 8

    /// Forecasts the `horizon` next steps of the points; nil of fewer than `fewestValues` values.
    ///
    /// - Parameters:
    ///   - level: the share of values that the band holds, as 0.95.
    ///   - season: how many steps a season has; nil to try an hour, a day and a week.
    ///
    /// Of 1,000 values it takes some ten milliseconds, of more in proportion; the newest `EvenSeries.limit` steps count.
    public init?(_ points: [SeriesPoint], horizon: Int, level: Double = 0.95, season: Int? = nil) {
        guard let series = EvenSeries(points) else { return nil }
        self.init(series, horizon: horizon, level: level, season: season)
    }

    init?(_ series: EvenSeries, horizon: Int, level: Double, season: Int?) {
        let values = series.values
        guard values.count >= Self.fewestValues, horizon >= 1, horizon <= Self.longestHorizon, level > 0, level < 1 else {
            return nil
        }
        let test = ForecastBackTest(values, horizon: horizon)
        let seasons = season.map { [$0] } ?? series.seasons(most: test.split)
        let trials = ForecastModels(test, seasons: seasons.filter { $0 >= 2 && $0 <= test.split }).trials()
            .sorted { $0.error < $1.error }
        guard let best = trials.first else { return nil }
        let chosen = test.combined(trials.prefix(3)).flatMap { $0.error < best.error ? $0 : nil } ?? best
        let naive = trials.filter { ForecastModels.naiveNames.contains($0.name) }.map(\.error).min()
        (model, self.season, error, step) = (chosen.name, chosen.season, chosen.error, series.step)
        naiveError = naive ?? chosen.error
        let band = ForecastBand(test, chosen.said, level: level)
        // What never was negative will not be: a count, a duration, a share.
        let least = values.allSatisfy { $0 >= 0 } ? 0 : -Double.infinity
        rows = []
        for (index, value) in chosen.ahead.enumerated() {
            let around = band.around(index + 1)
            let (moved, isTooFar) = series.step.multipliedReportingOverflow(by: Int64(index + 1))
            let (time, isTooLate) = series.end.nanoseconds.addingReportingOverflow(moved)
            guard !isTooFar, !isTooLate else { break }
            rows.append(
                ForecastRow(
                    time: Timestamp(nanoseconds: time), forecast: max(least, value), low: max(least, value + around.low),
                    high: max(least, value + around.high)))
        }
    }
}
