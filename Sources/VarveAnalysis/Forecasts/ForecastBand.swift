/// How far off forecasts were, by how far ahead they looked: the band around the next ones.
struct ForecastBand {
    /// The steps that were tried, and the quantiles of what came less what was said.
    private let steps: [Int]
    private let low: [Double]
    private let high: [Double]

    /// Errors that a quantile is taken from, at least, where there are as many.
    private static let enough = 240

    init(_ test: ForecastBackTest, _ said: [Double], level: Double) {
        steps = test.steps
        let width = steps.count
        // Errors by step.
        var errors = [[Double]](repeating: [], count: width)
        for (index, (found, came)) in zip(said, test.actual).enumerated() where !came.isNaN {
            errors[index % width].append(came - found)
        }
        var (low, high): ([Double], [Double]) = ([], [])
        for step in 0..<width {
            // With its neighbours: nearer steps say more.
            var pool = errors[step]
            var distance = 1
            while pool.count < Self.enough, step - distance >= 0 || step + distance < width {
                if step - distance >= 0 { pool += errors[step - distance] }
                if step + distance < width { pool += errors[step + distance] }
                distance += 1
            }
            let (left, right) = Self.quantiles(pool, level)
            low.append(left)
            high.append(right)
        }
        (self.low, self.high) = (low, high)
    }

    /// How far a value may be below and above its forecast `step` ahead. Beyond the steps tried the band grows like a random
    /// walk's.
    func around(_ step: Int) -> (low: Double, high: Double) {
        guard let last = steps.last else { return (0, 0) }
        if step > last {
            let growth = (Double(step) / Double(last)).squareRoot()
            return (low[low.count - 1] * growth, high[high.count - 1] * growth)
        }
        let right = steps.firstIndex { $0 >= step } ?? steps.count - 1
        guard right > 0, steps[right] > step else { return (low[right], high[right]) }
        let share = Double(step - steps[right - 1]) / Double(steps[right] - steps[right - 1])
        return (
            low[right - 1] + share * (low[right] - low[right - 1]), high[right - 1] + share * (high[right] - high[right - 1])
        )
    }

    /// The limits that the share `level` of errors lies between, by the rank of split conformal prediction (Vovk, Gammerman and
    /// Shafer, *Algorithmic Learning in a Random World*, 2005). Errors at neighbouring moments are correlated, so the rank is
    /// that of a quarter as many. Few errors give limits of the same width on both sides.
    private static func quantiles(_ errors: [Double], _ level: Double) -> (Double, Double) {
        guard !errors.isEmpty else { return (0, 0) }
        let independent = max(1, Double(errors.count) / 4)
        let share = ((independent + 1) * level).rounded(.up) / independent
        if errors.count >= enough, share < 1 {
            let sorted = errors.sorted()
            let outside = Int((Double(errors.count) * (1 - share) / 2).rounded(.down))
            return (min(0, sorted[outside]), max(0, sorted[errors.count - 1 - outside]))
        }
        let sizes = errors.map(abs).sorted()
        let rank = Int((Double(sizes.count) * share).rounded(.up)) - 1
        // Fewer errors than the level needs: the largest, and a half more.
        let width = rank < sizes.count ? sizes[rank] : sizes[sizes.count - 1] * 1.5
        return (-width, width)
    }
}
