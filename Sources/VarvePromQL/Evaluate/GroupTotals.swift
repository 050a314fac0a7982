/// What the series of a group add up to, at every step.
struct GroupTotals {
    private let operation: AggregateOperator
    private var values: [Double]
    private var counts: [Double]
    /// Mean values, for those operations that need them.
    private var means: [Double] = []

    init(_ operation: AggregateOperator, _ count: Int) {
        self.operation = operation
        values = StepSeries.nothing(count)
        counts = [Double](repeating: 0, count: count)
        if operation == .stddev || operation == .stdvar { means = counts }
    }

    mutating func add(_ series: [Double]) {
        switch operation {
        case .sum: each(series) { total, value, _ in total + value }
        case .max: each(series) { best, value, _ in best < value || best.isNaN ? value : best }
        case .min: each(series) { best, value, _ in best > value || best.isNaN ? value : best }
        case .avg: each(series) { mean, value, count in Self.mean(mean, value, count) }
        case .stddev, .stdvar: addSquares(series)
        default: each(series) { _, _, _ in 1 }
        }
    }

    /// The first value of a step is the total so far; `next` makes of it and a further one, the n-th, the next.
    @inline(__always)
    private mutating func each(_ series: [Double], _ next: (Double, Double, Double) -> Double) {
        let isOne = operation == .group
        for step in series.indices where !series[step].isAbsent {
            counts[step] += 1
            values[step] = counts[step] == 1 ? (isOne ? 1 : series[step]) : next(values[step], series[step], counts[step])
        }
    }

    private static func mean(_ mean: Double, _ value: Double, _ count: Double) -> Double {
        if mean.isInfinite {
            if value.isInfinite, (mean > 0) == (value > 0) { return mean }
            if value.isFinite { return mean }
        }
        return mean + (value / count - mean / count)
    }

    private mutating func addSquares(_ series: [Double]) {
        for step in series.indices where !series[step].isAbsent {
            counts[step] += 1
            guard counts[step] > 1 else {
                means[step] = series[step]
                values[step] = 0
                continue
            }
            let delta = series[step] - means[step]
            means[step] += delta / counts[step]
            values[step] += delta * (series[step] - means[step])
        }
    }

    consuming func finish() -> [Double] {
        switch operation {
        case .count:
            for step in values.indices where counts[step] > 0 { values[step] = counts[step] }
        case .stdvar, .stddev:
            for step in values.indices where counts[step] > 0 {
                let variance = values[step] / counts[step]
                values[step] = operation == .stdvar ? variance : variance.squareRoot()
            }
        default: break
        }
        return values
    }
}
