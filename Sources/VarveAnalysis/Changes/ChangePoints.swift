// When did the level of a series change? Optimal partitioning with pruning (PELT: Killick, Fearnhead and Eckley, *Optimal
// Detection of Changepoints with a Linear Computational Cost*, 2012): the segments whose squared deviations from their means,
// plus a penalty for each segment, are least. Outliers are replaced first (Hampel, *The Influence Curve and Its Role in Robust
// Estimation*, 1974).

internal import VarveEvents

/// The changes of level of a series.
public enum ChangePoints {
    /// Values that a level must have at least.
    public static let shortestLevel = 6
    /// Values that are looked at, the newest.
    public static let limit = 20_000
    /// Of a segment, in variances of a value and logarithms of the number of values. Schwarz's criterion (1978) would be 2 for
    /// independent values; those of monitoring depend on the values before them.
    static let penalty = 6.0

    /// The changes, oldest first. Values that are missing are skipped.
    ///
    /// About O(n) when there are many changes, O(n²) when there is none.
    public static func find(_ points: [SeriesPoint]) -> [LevelChange] {
        let known = points.compactMap { point in point.finite.map { (time: point.time, value: $0) } }.suffix(limit)
        guard known.count >= 2 * shortestLevel else { return [] }
        let times = known.map(\.time)
        let values = withoutOutliers(known.map(\.value))
        let deviation = deviation(of: values)
        guard deviation > 0 else { return steps(times, values) }
        let borders = borders(values.map { ($0 - values[0]) / deviation })
        var found: [LevelChange] = []
        for (index, border) in borders.enumerated().dropFirst() {
            let end = index + 1 < borders.count ? borders[index + 1] : values.count
            let (before, after) = (mean(values[borders[index - 1]..<border]), mean(values[border..<end]))
            found.append(
                LevelChange(time: times[border], before: before, after: after, deviations: (after - before) / deviation))
        }
        return found
    }

    /// Where the segments begin, the first at 0. The values are in standard deviations of one.
    private static func borders(_ values: [Double]) -> [Int] {
        let count = values.count
        var sums = [0.0]
        var squares = [0.0]
        for value in values {
            sums.append(sums[sums.count - 1] + value)
            squares.append(squares[squares.count - 1] + value * value)
        }
        func cost(_ start: Int, _ end: Int) -> Double {
            let sum = sums[end] - sums[start]
            return max(0, squares[end] - squares[start] - sum * sum / Double(end - start))
        }
        let penalty = Self.penalty * Real.log(Double(count))
        var best = [Double](repeating: .infinity, count: count + 1)
        var previous = [Int](repeating: 0, count: count + 1)
        best[0] = -penalty
        var candidates = [0]
        for end in shortestLevel..<(count + 1) {
            for start in candidates where end - start >= shortestLevel {
                let total = best[start] + cost(start, end) + penalty
                if total < best[end] { (best[end], previous[end]) = (total, start) }
            }
            // A start that is already worse than the best without its penalty never becomes the best.
            let bound = best[end]
            candidates.removeAll { end - $0 >= shortestLevel && best[$0] + cost($0, end) > bound }
            candidates.append(end - shortestLevel + 1)
        }
        var borders: [Int] = []
        var end = count
        while end > 0 {
            end = previous[end]
            borders.append(end)
        }
        return borders.reversed()
    }

    /// The changes of a series that is constant but for them.
    private static func steps(_ times: [Timestamp], _ values: [Double]) -> [LevelChange] {
        var found: [LevelChange] = []
        for index in values.indices.dropFirst() where values[index] != values[index - 1] {
            found.append(LevelChange(time: times[index], before: values[index - 1], after: values[index], deviations: nil))
        }
        return found
    }

    /// The standard deviation of a value, from the median of the differences of neighbours: changes of level count for little.
    private static func deviation(of values: [Double]) -> Double {
        let differences = zip(values, values.dropFirst()).map { abs($1 - $0) }.sorted()
        let median = differences[differences.count / 2]
        if median > 0 { return median / 0.6745 / 2.0.squareRoot() }
        // More than half of the values equal the one before.
        let sum = differences.reduce(0) { $0 + $1 * $1 }
        let isMostlyConstant = differences.count(where: { $0 > 0 }) * 10 < differences.count
        return isMostlyConstant ? 0 : (sum / Double(differences.count) / 2).squareRoot()
    }

    /// Replaces each value that is further from the median of seven than three times their usual distance.
    private static func withoutOutliers(_ values: [Double]) -> [Double] {
        var result = values
        for index in values.indices {
            let window = values[max(0, index - 3)...min(values.count - 1, index + 3)].sorted()
            let median = window[window.count / 2]
            let distances = window.map { abs($0 - median) }.sorted()
            let usual = distances[distances.count / 2] / 0.6745
            if abs(values[index] - median) > 3 * usual { result[index] = median }
        }
        return result
    }

    private static func mean(_ values: ArraySlice<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
}
