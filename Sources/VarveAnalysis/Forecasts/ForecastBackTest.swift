/// How well models would have done: each is asked at many past moments for what came afterwards, with weights that were chosen
/// from older values only.
struct ForecastBackTest {
    /// A model that was tried.
    struct Trial {
        var name: String
        var season: Int?
        /// What it says after all values: step 1, 2, …
        var ahead: [Double]
        /// What it said, moment by moment and for each of them step by step; as long as `ForecastBackTest.actual`.
        var said: [Double]
        /// The mean of its absolute errors.
        var error: Double
    }

    /// Moments at which a model is asked, and steps for which it is asked then, at most.
    private static let moments = 64
    private static let stepsAsked = 48

    let values: [Double]
    /// log(1 + value), of values that are not negative.
    private let logarithms: [Double]
    let horizon: Int
    /// The weights of models are chosen from the values before this.
    let split: Int
    /// How many values are known at each moment.
    let origins: [Int]
    /// The steps that are asked.
    let steps: [Int]
    /// What came: moment by moment, step by step; NaN where the values end before.
    let actual: [Double]

    init(_ values: [Double], horizon: Int) {
        self.values = values
        logarithms = values.map { Real.log1p(max(0, $0)) }
        self.horizon = horizon
        split = values.count * 6 / 10
        let tried = values.count - split
        let count = min(Self.moments, tried)
        let (first, all) = (split, values)
        origins = (0..<count).map { first + $0 * tried / count }
        let reach = min(horizon, max(1, tried * 3 / 4))
        let asked = min(Self.stepsAsked, reach)
        steps = (1...asked).map { ($0 * reach + asked - 1) / asked }
        let steps = steps
        actual = origins.flatMap { origin in steps.map { origin + $0 <= all.count ? all[origin + $0 - 1] : .nan } }
    }

    /// Of models that differ in their weights, the one with the least absolute error over the values before the split.
    func fit<Model: ForecastModel>(_ models: [Model]) -> Model? {
        guard models.count > 1 else { return models.first }
        let reach = max(1, min(horizon, split / 4))
        let asked = Set([1, (reach + 3) / 4, (reach + 1) / 2, reach]).sorted()
        let stride = max(1, split / 120)
        var best: (model: Model, error: Double)?
        for untaught in models {
            var model = untaught
            var (sum, count) = (0.0, 0.0)
            for index in 0..<split {
                model.observe(values[index], logarithm: logarithms[index])
                guard index >= split / 4, index % stride == 0 else { continue }
                for step in asked where index + step < split {
                    sum += abs(values[index + step] - model.forecast(step))
                    count += 1
                }
            }
            let error = count > 0 ? sum / count : .infinity
            if error < best?.error ?? .infinity { best = (untaught, error) }
        }
        return best?.model ?? models.first
    }

    /// Asks a model at every moment, and after the last value.
    func trial<Model: ForecastModel>(_ name: String, season: Int? = nil, _ untaught: Model?) -> Trial? {
        guard var model = untaught else { return nil }
        var said: [Double] = []
        said.reserveCapacity(actual.count)
        var next = 0
        for origin in origins {
            while next < origin {
                model.observe(values[next], logarithm: logarithms[next])
                next += 1
            }
            for step in steps { said.append(model.forecast(step)) }
        }
        for index in next..<values.count { model.observe(values[index], logarithm: logarithms[index]) }
        let ahead = (1...horizon).map(model.forecast)
        return trial(name, season, ahead, said)
    }

    /// What several models say on average (Bates and Granger, *The Combination of Forecasts*, 1969).
    func combined(_ trials: ArraySlice<Trial>) -> Trial? {
        guard let first = trials.first, trials.count > 1 else { return nil }
        func mean(_ lists: [[Double]]) -> [Double] {
            lists[0].indices.map { index in lists.reduce(0) { $0 + $1[index] } / Double(lists.count) }
        }
        return trial(
            "mean of " + trials.map(\.name).joined(separator: ", "), first.season, mean(trials.map(\.ahead)),
            mean(trials.map(\.said)))
    }

    private func trial(_ name: String, _ season: Int?, _ ahead: [Double], _ said: [Double]) -> Trial? {
        var (sum, count) = (0.0, 0.0)
        for (found, came) in zip(said, actual) where !came.isNaN {
            sum += abs(found - came)
            count += 1
        }
        guard count > 0, sum.isFinite, ahead.allSatisfy(\.isFinite) else { return nil }
        return Trial(name: name, season: season, ahead: ahead, said: said, error: sum / count)
    }
}
