/// The `…_over_time` functions that look at each sample of a window.
struct SumFold: WindowFold {
    func value(of window: Window) -> Double {
        var sum = CompensatedSum()
        for index in 0..<window.count { sum.add(window.values[index]) }
        return sum.totalOrInfinity
    }
}

struct AverageFold: WindowFold {
    func value(of window: Window) -> Double {
        var mean = CompensatedSum()
        var count = 0.0
        for index in 0..<window.count {
            let value = window.values[index]
            count += 1
            if mean.sum.isInfinite {
                // An infinite mean stays, unless an infinity of the other sign or no number comes.
                if value.isInfinite, (mean.sum > 0) == (value > 0) { continue }
                if value.isFinite { continue }
            }
            mean.add(value / count - mean.sum / count)
        }
        return mean.totalOrInfinity
    }
}

struct CountFold: WindowFold {
    func value(of window: Window) -> Double { Double(window.count) }
}

struct LastFold: WindowFold {
    func value(of window: Window) -> Double { window.last }
}

struct PresentFold: WindowFold {
    func value(of window: Window) -> Double { 1 }
}

/// The largest or smallest value; no number counts only where there is nothing else.
struct ExtremeFold: WindowFold {
    let isLargest: Bool

    func value(of window: Window) -> Double {
        var best = window.first
        if isLargest {
            for index in 1..<max(1, window.count) where window.values[index] > best || best.isNaN { best = window.values[index] }
        } else {
            for index in 1..<max(1, window.count) where window.values[index] < best || best.isNaN { best = window.values[index] }
        }
        return best
    }
}

/// The variance, or its root.
struct SpreadFold: WindowFold {
    let isRoot: Bool

    func value(of window: Window) -> Double {
        var (mean, squares) = (CompensatedSum(), CompensatedSum())
        for index in 0..<window.count {
            let value = window.values[index]
            let delta = value - mean.total
            mean.add(delta / Double(index + 1))
            squares.add(delta * (value - mean.total))
        }
        let variance = squares.total / Double(window.count)
        return isRoot ? variance.squareRoot() : variance
    }
}

struct QuantileFold: WindowFold {
    /// For each step.
    let quantiles: [Double]

    func value(of window: Window) -> Double {
        Quantile.of(Array(UnsafeBufferPointer(start: window.values, count: window.count)), quantiles[window.step])
    }
}

enum Quantile {
    /// The value below which `quantile` of all values lie, between two of them where need be. No number comes before all numbers.
    static func of(_ values: [Double], _ quantile: Double) -> Double {
        guard !values.isEmpty, !quantile.isNaN else { return .nan }
        if quantile < 0 { return -.infinity }
        if quantile > 1 { return .infinity }
        let sorted = values.sorted { isBefore($0, $1) }
        let rank = quantile * Double(sorted.count - 1)
        let lower = max(0, rank.rounded(.down))
        let upper = min(Double(sorted.count - 1), lower + 1)
        let weight = rank - rank.rounded(.down)
        return sorted[Int(lower)] * (1 - weight) + sorted[Int(upper)] * weight
    }

    static func isBefore(_ left: Double, _ right: Double) -> Bool {
        left.isNaN ? !right.isNaN : left < right
    }
}
