public import VarveEvents

/// A run of points that lie far from the median of the points before them (the identifier of Hampel, *The Influence Curve and Its
/// Role in Robust Estimation*, 1974). Unlike the anomaly detector it does not get used to what comes again.
public struct RobustRun: Hashable, Sendable {
    public var start: Timestamp
    public var end: Timestamp
    public var isRise: Bool

    /// Points before that count, and how many are needed.
    public static let window = 168
    private static let fewest = 24
    /// Robust standard deviations from the median.
    public static let limit = 4.0
    /// Usual points in a row that end a run.
    private static let rest = 3

    /// The runs of a series, in order. A point is judged by those before it. O(n w log w) for a window of w points.
    public static func find(_ points: [SeriesPoint]) -> [RobustRun] {
        var past: [Double] = []
        var found: [RobustRun] = []
        var calm = rest
        for point in points {
            guard let value = point.finite else { continue }
            defer {
                past.append(value)
                if past.count > window { past.removeFirst() }
            }
            guard past.count >= fewest else { continue }
            let median = Summary.median(past)
            let spread = 1.4826 * Summary.median(past.map { abs($0 - median) })
            let isFar = abs(value - median) > limit * max(spread, 1e-9 * abs(median), 1e-12)
            guard isFar else {
                calm += 1
                continue
            }
            if calm < rest, let last = found.indices.last, found[last].isRise == (value > median) {
                found[last].end = point.time
            } else {
                found.append(RobustRun(start: point.time, end: point.time, isRise: value > median))
            }
            calm = 0
        }
        return found
    }
}
