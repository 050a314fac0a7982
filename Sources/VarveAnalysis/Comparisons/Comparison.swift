/// Tests whether two groups differ. All tests are two-sided. Numbers must be finite; nil if a test is not applicable.
public enum Comparison {
    /// Compares means, without assuming equal variances: Welch, The Generalization of "Student's" Problem, 1947.
    public static func welch(_ left: [Double], _ right: [Double]) -> TestResult? {
        guard left.count >= 2, right.count >= 2 else { return nil }
        let (a, b) = (meanAndError(left), meanAndError(right))
        let sum = a.error + b.error
        guard sum > 0 else { return nil }
        let statistic = (a.mean - b.mean) / sum.squareRoot()
        let freedom =
            sum * sum
            / (a.error * a.error / Double(left.count - 1) + b.error * b.error / Double(right.count - 1))
        return TestResult(
            statistic: statistic, probability: min(1, 2 * Distribution.studentTail(abs(statistic), freedom: freedom)))
    }

    /// Compares ranks: Mann and Whitney, On a Test of Whether One of Two Random Variables Is Stochastically Larger, 1947.
    /// Normal approximation, corrected for ties and continuity; the statistic is U of the left group.
    public static func mannWhitney(_ left: [Double], _ right: [Double]) -> TestResult? {
        guard !left.isEmpty, !right.isEmpty else { return nil }
        let all = (left.map { ($0, true) } + right.map { ($0, false) }).sorted { $0.0 < $1.0 }
        let (n, m) = (Double(left.count), Double(right.count))
        var (rankSum, ties) = (0.0, 0.0)
        var start = 0
        while start < all.count {
            var end = start
            while end < all.count, all[end].0 == all[start].0 { end += 1 }
            let rank = Double(start + end + 1) / 2
            rankSum += rank * Double(all[start..<end].count(where: \.1))
            let equal = Double(end - start)
            ties += equal * equal * equal - equal
            start = end
        }
        let u = rankSum - n * (n + 1) / 2
        let total = n + m
        let variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
        guard variance > 0 else { return nil }
        let score = (max(u, n * m - u) - n * m / 2 - 0.5) / variance.squareRoot()
        return TestResult(statistic: u, probability: min(1, 2 * Distribution.normalTail(score)))
    }

    /// Compares two proportions, given as successes and trials, with pooled variance; the statistic is a z-score.
    public static func proportions(_ left: (successes: Int, trials: Int), _ right: (successes: Int, trials: Int)) -> TestResult? {
        guard left.trials > 0, right.trials > 0 else { return nil }
        let (n, m) = (Double(left.trials), Double(right.trials))
        let (a, b) = (Double(left.successes) / n, Double(right.successes) / m)
        let pooled = (Double(left.successes) + Double(right.successes)) / (n + m)
        let variance = pooled * (1 - pooled) * (1 / n + 1 / m)
        guard variance > 0 else { return nil }
        let statistic = (a - b) / variance.squareRoot()
        return TestResult(statistic: statistic, probability: min(1, 2 * Distribution.normalTail(abs(statistic))))
    }

    /// The mean, and the square of its standard error.
    private static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double) {
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares / (n - 1) / n)
    }
}
