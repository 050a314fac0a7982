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
        let factor = Self.caution(Self.independent(said, test.actual, width), level)
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
            low.append(left * factor)
            high.append(right * factor)
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

    /// How many independent moments tell as much as all that were tried: n (1 − ρ) / (1 + ρ), where ρ is the correlation of the
    /// mean errors of neighbouring moments (Bayley and Hammersley, *The "Effective" Number of Independent Observations in an
    /// Autocorrelated Time Series*, 1946). A level that the model does not know makes all errors of an hour alike.
    private static func independent(_ said: [Double], _ actual: [Double], _ width: Int) -> Double {
        var means: [Double] = []
        for start in stride(from: 0, to: said.count, by: max(1, width)) {
            var (sum, count) = (0.0, 0.0)
            for index in start..<min(start + width, said.count) where !actual[index].isNaN {
                sum += actual[index] - said[index]
                count += 1
            }
            if count > 0 { means.append(sum / count) }
        }
        var (products, squares) = (0.0, 0.0)
        for (left, right) in zip(means, means.dropFirst()) {
            products += left * right
            squares += (left * left + right * right) / 2
        }
        let correlation = squares > 0 ? max(0, products / squares) : 0
        return max(1, Double(means.count) * (1 - correlation) / (1 + correlation))
    }

    /// How much wider a band must be when its width is estimated from so few independent errors: Student's quantile over the
    /// normal one (Student, *The Probable Error of a Mean*, 1908).
    private static func caution(_ independent: Double, _ level: Double) -> Double {
        let p = 0.5 + level / 2
        let normal = Distribution.normalQuantile(p)
        return normal > 0 ? Distribution.studentQuantile(p, freedom: independent) / normal : 1
    }

    /// The limits that the share `level` of errors lies between, by the rank of split conformal prediction (Vovk, Gammerman and
    /// Shafer, *Algorithmic Learning in a Random World*, 2005). Few errors give limits of the same width on both sides.
    private static func quantiles(_ errors: [Double], _ level: Double) -> (Double, Double) {
        guard !errors.isEmpty else { return (0, 0) }
        let share = (Double(errors.count + 1) * level).rounded(.up) / Double(errors.count)
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
