/// How far the means of two groups lie apart, with limits, and whether that may be chance.
public struct GroupDifference: Sendable {
    /// The means of the first and of the second group.
    public var means: (Double, Double)
    /// The first mean less the second, and where the true difference lies with the level asked for (Welch, 1947).
    public var difference: Double
    public var low: Double
    public var high: Double
    /// The probability of a difference as large without an effect: of the means by Welch's test, of the ranks by Mann and
    /// Whitney's; nil where all values are equal.
    public var welch: Double
    public var mannWhitney: Double?

    /// Nil of a group with fewer than two values, and when no value differs from another of its group. Numbers must be finite.
    public init?(_ left: [Double], _ right: [Double], level: Double = 0.95) {
        guard let test = Comparison.welch(left, right), test.statistic != 0 || test.probability > 0 else { return nil }
        func moments(_ values: [Double]) -> (mean: Double, error: Double) {
            let n = Double(values.count)
            let mean = values.reduce(0, +) / n
            return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (n - 1) / n)
        }
        let (a, b) = (moments(left), moments(right))
        let sum = a.error + b.error
        let freedom =
            sum * sum / (a.error * a.error / Double(left.count - 1) + b.error * b.error / Double(right.count - 1))
        let width = Distribution.studentQuantile(0.5 + level / 2, freedom: freedom) * sum.squareRoot()
        means = (a.mean, b.mean)
        difference = a.mean - b.mean
        (low, high) = (difference - width, difference + width)
        welch = test.probability
        mannWhitney = Comparison.mannWhitney(left, right)?.probability
    }
}
