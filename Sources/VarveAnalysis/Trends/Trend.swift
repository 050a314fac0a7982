// Two estimates of a trend: the least-squares line with Student's test of its slope, and, robust to outliers, Sen's slope
// (Estimates of the Regression Coefficient Based on Kendall's Tau, 1968) with the test of Mann (1945) and Kendall (Rank
// Correlation Methods, 1975).

/// A trend of a series over time, in units of the value per unit of time.
public struct Trend: Hashable, Sendable {
    /// The number of points.
    public var count: Int
    /// The slope of the least-squares line.
    public var slope: Double
    /// Its value at time zero.
    public var intercept: Double
    /// The confidence limits of the slope.
    public var low: Double
    public var high: Double
    /// The two-sided probability of a slope as steep without a trend.
    public var probability: Double
    /// Sen's slope, the median of the slopes between any two points, and its limits.
    public var senSlope: Double
    public var senLow: Double
    public var senHigh: Double
    /// Kendall's S, the rising pairs minus the falling pairs; its normal score and two-sided probability.
    public var kendallS: Int
    public var kendallScore: Double
    public var kendallProbability: Double

    /// For the pairwise methods, more points than this are thinned evenly.
    public static let pairLimit = 2_000

    /// The trend of the points (x, y); nil for fewer than three points, or if all x are equal. Numbers must be finite.
    ///
    /// - Parameter confidence: The confidence level of the limits, such as 0.95.
    public init?(_ points: [(x: Double, y: Double)], confidence: Double = 0.95) {
        let n = Double(points.count)
        guard points.count >= 3 else { return nil }
        let meanX = points.reduce(0) { $0 + $1.x } / n
        let meanY = points.reduce(0) { $0 + $1.y } / n
        let xx = points.reduce(0) { $0 + ($1.x - meanX) * ($1.x - meanX) }
        let yy = points.reduce(0) { $0 + ($1.y - meanY) * ($1.y - meanY) }
        let xy = points.reduce(0) { $0 + ($1.x - meanX) * ($1.y - meanY) }
        guard xx > 0 else { return nil }
        count = points.count
        slope = xy / xx
        intercept = meanY - slope * meanX
        let error = (max(0, yy - slope * xy) / (n - 2) / xx).squareRoot()
        let width = Distribution.studentQuantile(0.5 + confidence / 2, freedom: n - 2) * error
        low = slope - width
        high = slope + width
        probability =
            error > 0 ? 2 * Distribution.studentTail(abs(slope / error), freedom: n - 2) : slope == 0 ? 1 : 0
        let pairs = PairSlopes(Self.thinned(points))
        (senSlope, senLow, senHigh) = pairs.sen(confidence: confidence)
        kendallS = pairs.s
        kendallScore = pairs.score
        kendallProbability = min(1, 2 * Distribution.normalTail(abs(kendallScore)))
    }

    private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard points.count > pairLimit else { return points }
        return (0..<pairLimit).map { points[$0 * points.count / pairLimit] }
    }
}

/// The slopes between all pairs of points.
private struct PairSlopes {
    private(set) var s = 0
    private var slopes: [Double] = []
    private let variance: Double

    init(_ points: [(x: Double, y: Double)]) {
        for (index, right) in points.enumerated() {
            for left in points[..<index] {
                let rise = right.y - left.y
                s += rise > 0 ? 1 : rise < 0 ? -1 : 0
                if right.x != left.x { slopes.append(rise / (right.x - left.x)) }
            }
        }
        slopes.sort()
        func term(_ n: Double) -> Double { n * (n - 1) * (2 * n + 5) }
        var ties: [Double: Double] = [:]
        for point in points { ties[point.y, default: 0] += 1 }
        // Whole numbers below 2^53: their sum does not depend on the order of the table.
        variance = (term(Double(points.count)) - ties.values.reduce(0) { $0 + term($1) }) / 18
    }

    /// S with continuity correction, in standard deviations.
    var score: Double {
        guard variance > 0, s != 0 else { return 0 }
        return Double(s - s.signum()) / variance.squareRoot()
    }

    func sen(confidence: Double) -> (Double, Double, Double) {
        guard let last = slopes.indices.last else { return (0, 0, 0) }
        let median = (slopes[last / 2] + slopes[(last + 1) / 2]) / 2
        let width = Distribution.normalQuantile(0.5 + confidence / 2) * max(0, variance).squareRoot()
        let upper = Int(min(((Double(slopes.count) + width) / 2).rounded(.toNearestOrEven), Double(last)))
        let lower = Int(max(((Double(slopes.count) - width) / 2).rounded(.toNearestOrEven) - 1, 0))
        return (median, slopes[lower], slopes[upper])
    }
}
