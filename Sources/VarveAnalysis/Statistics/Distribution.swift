/// Tail probabilities and quantiles of the distributions used by significance tests.
enum Distribution {
    /// The probability that a standard normal variable is at least `z`.
    static func normalTail(_ z: Double) -> Double { 0.5 * Real.erfc(z / 2.0.squareRoot()) }

    /// The quantile `p` of the standard normal distribution.
    static func normalQuantile(_ p: Double) -> Double { inverse(p) { 1 - normalTail($0) } }

    /// The probability that a Student t variable with `freedom` degrees of freedom is at least `t`.
    static func studentTail(_ t: Double, freedom: Double) -> Double {
        guard t.isFinite else { return t > 0 ? 0 : 1 }
        let half = 0.5 * incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
        return t >= 0 ? half : 1 - half
    }

    /// The quantile `p` of Student's t distribution.
    static func studentQuantile(_ p: Double, freedom: Double) -> Double {
        inverse(p) { 1 - studentTail($0, freedom: freedom) }
    }

    /// The probability of at least `hits` of `trials` independent trials that succeed with probability `share`.
    static func binomialTail(_ hits: Int, of trials: Int, share: Double) -> Double {
        guard hits > 0 else { return 1 }
        guard hits <= trials, share > 0 else { return 0 }
        return share >= 1 ? 1 : incompleteBeta(share, Double(hits), Double(trials - hits) + 1)
    }

    /// The regularised incomplete beta function, by Lentz's method for its continued fraction.
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        let logs = Real.logGamma(a + b) - Real.logGamma(a) - Real.logGamma(b)
        let front = Real.exp(logs + a * Real.log(x) + b * Real.log1p(-x))
        if x > (a + 1) / (a + b + 2) { return 1 - front * fraction(1 - x, b, a) / b }
        return front * fraction(x, a, b) / a
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func safe(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / safe(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...400 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / safe(1 + even * d)
            c = safe(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / safe(1 + odd * d)
            c = safe(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-15 { break }
        }
        return result
    }

    /// The point where the increasing function `cumulative` reaches `p`, by bisection.
    private static func inverse(_ p: Double, _ cumulative: (Double) -> Double) -> Double {
        guard p > 0 else { return -.infinity }
        guard p < 1 else { return .infinity }
        var (low, high) = (-1.0, 1.0)
        while cumulative(low) > p, low > -1e300 { low *= 2 }
        while cumulative(high) < p, high < 1e300 { high *= 2 }
        for _ in 0..<200 {
            let middle = low + (high - low) / 2
            if cumulative(middle) < p { low = middle } else { high = middle }
        }
        return low + (high - low) / 2
    }
}
