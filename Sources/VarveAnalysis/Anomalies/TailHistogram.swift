// Estimates how rare a value is among earlier ones. Counts per logarithmic bin are used where there are enough of them; beyond,
// the upper tail is modelled as a power law, whose exponent is Hill's estimator (A Simple General Approach to Inference About the
// Tail of a Distribution, 1975) over the bins above a high quantile, shrunk towards a cautious prior if it has few values:
//
//     P(Z > z) = share above u × (z / u)^(−1 / h)        h: mean of log(z / u) over the values above u
//
// Peaks over a threshold, as in SPOT (Siffer et al., Anomaly Detection in Streams with Extreme Value Theory, 2017).

/// The distribution of a statistic that is not negative, over its recent past.
struct TailHistogram {
    /// Eight bins per doubling, from 1/4 on.
    private static let perOctave = 8
    private static let lowest = -2
    private static let binCount = 104
    /// The natural logarithm of the lower bound of each bin.
    private static let logs: [Float] = (0...binCount).map { Float(Real.log(bound($0))) }

    private var counts = [Float](repeating: 0, count: binCount)
    private var total: Float = 0
    private let capacity: Float
    /// The number of neighbouring points that carry about the same information.
    private let span: Float
    /// The weight above each bin, and the tail, both as of a few values ago: they are recomputed periodically.
    private var above = [Float](repeating: 0, count: binCount)
    private var tail = Tail()
    private var waiting = 0

    /// The initial exponent, and its weight as a number of values.
    private static let cautious: Float = 0.35
    private static let cautiousWeight: Float = 4
    /// The sums are recomputed after this many values.
    private static let renewal = 16

    init(capacity: Int, span: Int) {
        self.capacity = Float(capacity)
        self.span = Float(span)
    }

    mutating func add(_ value: Double, weight: Double) {
        counts[Self.bin(value)] += Float(weight)
        total += Float(weight)
        waiting += 1
        guard waiting >= Self.renewal || total < 2 * Float(Self.renewal) else { return }
        if total >= capacity {
            for bin in counts.indices { counts[bin] /= 2 }
            total /= 2
        }
        waiting = 0
        renew()
    }

    /// The probability of a value as large as `value` or larger.
    func probability(beyond value: Double) -> Double {
        guard total > 0 else { return 1 }
        let bin = Self.bin(value)
        guard bin >= tail.bin else { return Double((above[bin] + counts[bin] / 2) / (total + 1)) }
        let excess = max(0, Real.log(max(value, 1e-12)) - Double(tail.log))
        let modelled = Double(tail.share) * Real.exp(-excess / Double(tail.exponent))
        return max(Double(above[bin] / (total + 1)), min(1, modelled))
    }

    /// The value that is exceeded with `probability`, under the same model.
    func value(at probability: Double) -> Double {
        let ratio = max(1, Double(tail.share) / probability)
        return Real.exp(Double(tail.log) + Real.log(ratio) * Double(tail.exponent))
    }

    private struct Tail {
        var bin = 0
        var share: Float = 1
        /// The logarithm of the tail's lower bound.
        var log: Float = 0
        var exponent: Float = cautious
    }

    private mutating func renew() {
        var sum: Float = 0
        for bin in stride(from: Self.binCount - 1, through: 0, by: -1) {
            above[bin] = sum
            sum += counts[bin]
        }
        let wanted = min(max(8 * span, 0.02 * total), 0.25 * total)
        var (bin, count, logs): (Int, Float, Float) = (Self.binCount, 0, 0)
        while bin > 1, count < wanted {
            bin -= 1
            count += counts[bin]
            logs += counts[bin] * (Self.logs[bin] + Self.logs[bin + 1]) / 2
        }
        let start = Self.logs[bin]
        let independent = count / span
        let mean = count > 0 ? max(0, logs / count - start) : 0
        let exponent = (independent * mean + Self.cautiousWeight * Self.cautious) / (independent + Self.cautiousWeight)
        tail = Tail(bin: bin, share: (count + 1) / (total + 1), log: start, exponent: max(0.02, exponent))
    }

    private static func bin(_ value: Double) -> Int {
        guard value > bound(0) else { return 0 }
        guard value < bound(binCount) else { return binCount - 1 }
        let exponent = Int(value.exponent) - lowest
        let eighth = Int((value.significand - 1) * Double(perOctave))
        return min(binCount - 1, exponent * perOctave + eighth)
    }

    /// The lower bound of a bin.
    private static func bound(_ bin: Int) -> Double {
        let (octave, eighth) = (bin / perOctave + lowest, bin % perOctave)
        return Double(sign: .plus, exponent: octave, significand: 1 + Double(eighth) / Double(perOctave))
    }
}
