/// A model of a series that learns value by value, and says at any moment what it expects.
protocol ForecastModel {
    /// Learns the next value.
    mutating func observe(_ value: Double)
    /// The same, for a model of logarithms: it takes log(1 + value), which the caller computes once for all of them.
    mutating func observe(_ value: Double, logarithm: Double)
    /// What is expected `steps` after the last value learnt; the first is 1.
    func forecast(_ steps: Int) -> Double
}

extension ForecastModel {
    mutating func observe(_ value: Double, logarithm: Double) { observe(value) }
}

/// The last value, at every step.
struct LastValue: ForecastModel {
    private var last = 0.0

    mutating func observe(_ value: Double) { last = value }
    func forecast(_ steps: Int) -> Double { last }
}

/// The last value, and on along the line from the first to the last.
struct Drift: ForecastModel {
    private var first = 0.0
    private var last = 0.0
    private var count = 0.0

    mutating func observe(_ value: Double) {
        if count == 0 { first = value }
        last = value
        count += 1
    }

    func forecast(_ steps: Int) -> Double {
        last + (count > 1 ? (last - first) / (count - 1) * Double(steps) : 0)
    }
}

/// What was one season ago.
struct SeasonalNaive: ForecastModel {
    private var ring: [Double]
    private var next = 0
    private var count = 0

    init(season: Int) { ring = [Double](repeating: 0, count: season) }

    mutating func observe(_ value: Double) {
        ring[next] = value
        next = next + 1 == ring.count ? 0 : next + 1
        count += 1
    }

    func forecast(_ steps: Int) -> Double {
        // In the first season: the last value.
        guard count >= ring.count else { return ring[(next + ring.count - 1) % ring.count] }
        return ring[(next + (steps - 1) % ring.count) % ring.count]
    }
}

/// Simple exponential smoothing with half of the slope of the whole series: the theta method (Assimakopoulos and Nikolopoulos,
/// *The Theta Model*, 2000) in the form of Hyndman and Billah (*Unmasking the Theta Method*, 2003). With a share of 0 it is
/// simple exponential smoothing (Brown, 1959).
struct Theta: ForecastModel {
    let weight: Double
    /// The share of the slope that counts.
    let share: Double
    private var level = 0.0
    private var count = 0.0
    private var sumY = 0.0
    private var sumXY = 0.0

    init(weight: Double, share: Double) { (self.weight, self.share) = (weight, share) }

    mutating func observe(_ value: Double) {
        level = count == 0 ? value : level + weight * (value - level)
        sumXY += count * value
        sumY += value
        count += 1
    }

    func forecast(_ steps: Int) -> Double {
        guard share > 0, count > 2 else { return level }
        // The slope of the line of least squares over 0 ..< count.
        let meanX = (count - 1) / 2
        let slope = (sumXY - meanX * sumY) / (count * (count * count - 1) / 12)
        return level + share * slope * (Double(steps) - 1 + (1 - Real.pow(1 - weight, count)) / weight)
    }
}

/// Exponential smoothing with a damped trend (Gardner and McKenzie, *Forecasting Trends in Time Series*, 1985), up to two
/// additive seasons (Winters, *Forecasting Sales by Exponentially Weighted Moving Averages*, 1960; Taylor, *Short-Term
/// Electricity Demand Forecasting Using Double Seasonal Exponential Smoothing*, 2003) and Taylor's correction by the last error.
struct Smoothing: ForecastModel {
    struct Weights {
        var level: Double
        /// Of the level's change, how much goes into the trend.
        var trend = 0.0
        var season = 0.0
        /// What is left of the trend after a step.
        var damping = 0.9
        /// What is left of the latest error after a step.
        var memory = 0.0
    }

    let weights: Weights
    private var level: Double
    private var trend = 0.0
    private var error = 0.0
    private var short: Season
    private var long: Season

    /// Values by phase of a season; none when it has no phases.
    private struct Season {
        var values: [Double]
        var next = 0

        var expected: Double { values.isEmpty ? 0 : values[next] }

        func ahead(_ steps: Int) -> Double { values.isEmpty ? 0 : values[(next + (steps - 1) % values.count) % values.count] }

        mutating func learn(_ change: Double) {
            guard !values.isEmpty else { return }
            values[next] += change
            next = next + 1 == values.count ? 0 : next + 1
        }
    }

    /// - Parameters:
    ///   - seasons: none, one, or a short and a long one that is a multiple of it.
    ///   - beginning: the first values, which set the level and the seasons before any of them is learnt: two seasons of them.
    init(_ weights: Weights, seasons: [Int], beginning: ArraySlice<Double>) {
        self.weights = weights
        let head = Array(beginning)
        level = head.isEmpty ? 0 : head.reduce(0, +) / Double(head.count)
        let mean = level
        short = Season(values: Self.phases(head.map { $0 - mean }, seasons.first))
        let shortValues = short.values
        let rest = head.enumerated().map { index, value in
            value - mean - (shortValues.isEmpty ? 0 : shortValues[index % shortValues.count])
        }
        long = Season(values: seasons.count > 1 ? Self.phases(rest, seasons[1]) : [])
        if seasons.isEmpty, let first = head.first { level = first }
    }

    /// The mean of each phase.
    private static func phases(_ values: [Double], _ season: Int?) -> [Double] {
        guard let season else { return [] }
        var sums = [Double](repeating: 0, count: season)
        var counts = [Double](repeating: 0, count: season)
        for (index, value) in values.enumerated() {
            sums[index % season] += value
            counts[index % season] += 1
        }
        return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
    }

    mutating func observe(_ value: Double) {
        let before = level + weights.damping * trend
        error = value - before - short.expected - long.expected
        level = before + weights.level * error
        trend = weights.damping * trend + weights.trend * weights.level * error
        short.learn(weights.season * error)
        long.learn(weights.season * error)
    }

    func forecast(_ steps: Int) -> Double {
        var result = level + short.ahead(steps) + long.ahead(steps)
        if weights.trend > 0 {
            let damping = weights.damping
            result += trend * damping * (1 - Real.pow(damping, Double(steps))) / (1 - damping)
        }
        if weights.memory > 0 { result += error * Real.pow(weights.memory, Double(steps)) }
        return result
    }
}

/// A model of the logarithms: seasons and trends that grow with the level. Of values that are not negative.
struct Logarithmic<Model: ForecastModel>: ForecastModel {
    var model: Model

    mutating func observe(_ value: Double) { model.observe(Real.log1p(max(0, value))) }
    mutating func observe(_ value: Double, logarithm: Double) { model.observe(logarithm) }
    // Beyond what a number holds it would be infinite.
    func forecast(_ steps: Int) -> Double { Real.exp(min(model.forecast(steps), 500)) - 1 }
}
