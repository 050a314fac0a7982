/// The models that a forecast is chosen from, each with the weights that fit the series best.
struct ForecastModels {
    static let naiveNames: Set<String> = ["last value", "seasonal naive"]

    private let test: ForecastBackTest
    /// Steps of a season, the shortest first.
    private let seasons: [Int]

    init(_ test: ForecastBackTest, seasons: [Int]) {
        (self.test, self.seasons) = (test, seasons.sorted())
    }

    func trials() -> [ForecastBackTest.Trial] {
        var found = [
            test.trial("last value", LastValue()),
            test.trial("drift", Drift()),
            test.trial("exponential smoothing", test.fit(levels.map { Theta(weight: $0, share: 0) })),
            test.trial("theta", test.fit(levels.map { Theta(weight: $0, share: 0.5) })),
            test.trial("damped trend", test.fit(damped)),
        ]
        for season in seasons { found.append(test.trial("seasonal naive", season: season, SeasonalNaive(season: season))) }
        let isPositive = test.values.allSatisfy { $0 >= 0 }
        for group in groups {
            found.append(test.trial(name(group), season: group.last, test.fit(seasonal(group, of: test.values))))
            guard isPositive else { continue }
            let logs = test.values.prefix(2 * (group.last ?? 0)).map(Real.log1p)
            let models = seasonal(group, of: logs).map { Logarithmic(model: $0) }
            found.append(test.trial(name(group) + " of logarithms", season: group.last, test.fit(models)))
        }
        return found.compactMap(\.self)
    }

    private let levels = [0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1]

    private var damped: [Smoothing] {
        var models: [Smoothing] = []
        for level in [0.1, 0.3, 0.6, 0.9] {
            for trend in [0.05, 0.2] {
                for damping in [0.8, 0.98] {
                    let weights = Smoothing.Weights(level: level, trend: trend, damping: damping)
                    models.append(Smoothing(weights, seasons: [], beginning: test.values.prefix(1)))
                }
            }
        }
        return models
    }

    /// Seasons that are used together: each that two of it can set, and the two longest where one is a multiple of the other.
    private var groups: [[Int]] {
        let usable = seasons.filter { 2 * $0 <= test.split }
        var groups = usable.map { [$0] }
        if let long = usable.last, let short = usable.dropLast().last, long % short == 0 { groups.append([short, long]) }
        return groups
    }

    private func name(_ group: [Int]) -> String { group.count > 1 ? "double seasonal smoothing" : "seasonal smoothing" }

    private func seasonal(_ group: [Int], of values: [Double]) -> [Smoothing] {
        let beginning = values.prefix(2 * (group.last ?? 0))
        var models: [Smoothing] = []
        for level in [0.005, 0.03, 0.15, 0.5] {
            for season in [0.02, 0.1, 0.3] {
                for memory in [0, 0.5, 0.9] {
                    let weights = Smoothing.Weights(level: level, season: season, memory: memory)
                    models.append(Smoothing(weights, seasons: group, beginning: beginning))
                }
            }
        }
        return models
    }
}
