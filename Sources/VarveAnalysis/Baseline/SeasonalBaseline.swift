// Forecasts the next point. Several simple forecasts run in parallel, and the one whose absolute error was smallest in the recent
// past is used ("follow the leader": Cesa-Bianchi and Lugosi, Prediction, Learning, and Games, 2006, section 3):
//
//     the last values          a short exponentially weighted mean
//     the level                a long one
//     time of day              the usual value of this quarter of an hour; + the latest deviation from it
//     hour of week             the usual value of this hour of the week;   + the latest deviation from it
//
// Each update of a mean is clipped at a few times the usual error (Huber, Robust Estimation of a Location Parameter, 1964).

internal import VarveEvents

/// A robust seasonal baseline of one series, fed point by point.
struct SeasonalBaseline {
    /// The expectation for a time, before its value is known.
    struct Expectation {
        /// The best forecast of the next value.
        var next: Double
        /// The best of the forecasts that do not follow the latest values.
        var usual: Double
    }

    private enum Kind: Int, CaseIterable {
        case latest, level, day, week, dayFollowed, weekFollowed
    }

    private let clock: SeasonClock
    private var days = SeasonProfile(bins: SeasonClock.quarters, rate: 0.15)
    private var weeks = SeasonProfile(bins: SeasonClock.hours, rate: 0.25)
    private var latest = FadingMean(span: 2)
    private var level = FadingMean(span: 250)
    private var dayDeviation = FadingMean(span: 4)
    private var weekDeviation = FadingMean(span: 4)
    private var errors = Kind.allCases.map { _ in FadingMean(span: 500) }
    private var forecasts: [Double?] = Kind.allCases.map { _ in nil }
    private var quarter = 0
    private var hour = 0

    /// The number of trial forecasts before a seasonal forecast is used.
    private static let tried = 100

    init(clock: SeasonClock = SeasonClock()) {
        self.clock = clock
    }

    /// The expectation for `time`; nil before the first value.
    mutating func expect(at time: Timestamp) -> Expectation? {
        quarter = clock.quarter(of: time)
        hour = clock.hour(of: time)
        guard !level.isEmpty else { return nil }
        forecasts[Kind.latest.rawValue] = latest.value
        forecasts[Kind.level.rawValue] = level.value
        let day = days.level(quarter, least: 2)
        let week = weeks.level(hour, least: 2)
        forecasts[Kind.day.rawValue] = day
        forecasts[Kind.week.rawValue] = week
        forecasts[Kind.dayFollowed.rawValue] = day.map { $0 + dayDeviation.value }
        forecasts[Kind.weekFollowed.rawValue] = week.map { $0 + weekDeviation.value }
        return Expectation(next: best(of: Kind.allCases), usual: best(of: [.level, .day, .week]))
    }

    /// Adds the value at the time last passed to `expect`. `limit` bounds the influence of one value.
    mutating func update(_ value: Double, limit: Double) {
        for kind in Kind.allCases {
            guard let forecast = forecasts[kind.rawValue] else { continue }
            errors[kind.rawValue].update(abs(value - forecast).clamped(to: 4 * limit))
        }
        if let day = forecasts[Kind.day.rawValue] { dayDeviation.update(value - day) }
        if let week = forecasts[Kind.week.rawValue] { weekDeviation.update(value - week) }
        latest.update(value)
        level.update(value, limit: limit)
        days.update(quarter, value, limit: limit)
        weeks.update(hour, value, limit: limit)
    }

    private func best(of kinds: [Kind]) -> Double {
        var chosen = level.value
        var least = Double.infinity
        for kind in kinds {
            guard let forecast = forecasts[kind.rawValue] else { continue }
            let isSeasonal = kind != .latest && kind != .level
            let error = errors[kind.rawValue]
            guard !isSeasonal || error.weight >= Self.tried else { continue }
            if error.value < least {
                least = error.value
                chosen = forecast
            }
        }
        return chosen
    }
}
