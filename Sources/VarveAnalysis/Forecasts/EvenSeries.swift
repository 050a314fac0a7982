public import VarveEvents

/// A series with one value for each step of time, made from points that may be late, doubled or missing.
public struct EvenSeries: Sendable {
    /// The values, oldest first.
    public private(set) var values: [Double]
    /// Nanoseconds between two values: the median distance of the points.
    public let step: Int64
    /// When the last value was measured.
    public let end: Timestamp
    /// How many values were missing and stand on the line between their neighbours.
    public private(set) var filled = 0

    /// Steps that are kept, the newest.
    public static let limit = 20_000

    /// Nil when fewer than two moments have a finite value.
    ///
    /// O(n log n).
    public init?(_ points: [SeriesPoint]) {
        let known = points.compactMap { point in point.finite.map { (time: point.time.nanoseconds, value: $0) } }
            .sorted { $0.time < $1.time }
        guard let first = known.first, let last = known.last else { return nil }
        var distances: [Int64] = []
        for (left, right) in zip(known, known.dropFirst()) {
            let (distance, isTooLarge) = right.time.subtractingReportingOverflow(left.time)
            if distance > 0, !isTooLarge { distances.append(distance) }
        }
        guard !distances.isEmpty, !last.time.subtractingReportingOverflow(first.time).overflow else { return nil }
        distances.sort()
        step = distances[distances.count / 2]
        end = Timestamp(nanoseconds: last.time)
        let width = Double(step)
        let count = min(Self.limit, Int(min(Double(Self.limit), (Double(last.time - first.time) / width).rounded())) + 1)
        var sums = [(sum: Double, count: Double)](repeating: (0, 0), count: count)
        for point in known {
            let back = (Double(last.time - point.time) / width).rounded()
            guard back < Double(count) else { continue }
            let slot = count - 1 - Int(back)
            sums[slot].sum += point.value
            sums[slot].count += 1
        }
        values = sums.map { $0.count > 0 ? $0.sum / $0.count : .nan }
        fill()
    }

    /// Values at even distances that are known already.
    init(values: [Double], step: Int64 = 1, end: Timestamp = Timestamp(nanoseconds: 0)) {
        (self.values, self.step, self.end) = (values, step, end)
    }

    /// Draws a line over each gap. What the limit cut off may leave one at the beginning.
    private mutating func fill() {
        values.removeFirst(values.firstIndex { !$0.isNaN } ?? 0)
        var index = 0
        while index < values.count {
            guard values[index].isNaN else {
                index += 1
                continue
            }
            let next = values[index...].firstIndex { !$0.isNaN } ?? values.count - 1
            let (left, right) = (values[index - 1], values[next])
            for gap in index..<next {
                values[gap] = left + (right - left) * Double(gap - index + 1) / Double(next - index + 1)
            }
            filled += next - index
            index = next
        }
    }

    /// Steps of the seasons that such a series may have: an hour, a day, a week; of days a week. `most` is the longest that the
    /// values can show.
    func seasons(most: Int) -> [Int] {
        let second: Int64 = 1_000_000_000
        let lengths: [Int64] = [3_600, 86_400, 604_800]
        return lengths.compactMap { (length: Int64) -> Int? in
            let steps = Double(length * second) / Double(step)
            let whole = steps.rounded()
            // A step that does not divide the season gives no phase to learn.
            guard whole >= 4, whole <= Double(most), abs(steps - whole) < 0.01 * whole else { return nil }
            return Int(whole)
        }
    }
}
