public import VarveEvents

/// A stretch of a series that the anomaly detector marks: from the point at which it is reported to the last unusual point.
public struct DeviationSpan: Hashable, Sendable {
    public var start: Timestamp
    /// The time of the last unusual point; `start` if it is the only one.
    public var end: Timestamp
    /// The point farthest from its expectation, with that expectation.
    public var peakTime: Timestamp
    public var value: Double
    public var expected: Double
    /// The highest score: see `AnomalyRow.score`.
    public var score: Double

    public var isRise: Bool { value > expected }

    /// The number of usual points in a row that end a span.
    private static let rest = 3

    /// The spans of a series, in order. A span begins where `AnomalyDetector` reports an anomaly, or where a point with the score
    /// of one lies outside its band, and lasts while points lie outside their band.
    public static func find(_ points: [SeriesPoint], sensitivity: AnomalySensitivity = .normal) -> [DeviationSpan] {
        var detector = AnomalyDetector(sensitivity: sensitivity)
        var found: [DeviationSpan] = []
        var isOpen = false
        var calm = 0
        for point in points {
            let row = detector.next(point)
            guard let value = row.value, let expected = row.expected, point.finite != nil else { continue }
            let isOutside = row.low.map { value < $0 } ?? false || row.high.map { value > $0 } ?? false
            // The detector reports an anomaly that comes back within its rest only once.
            let begins = row.anomaly || (isOutside && row.score >= sensitivity.threshold)
            if begins, !isOpen {
                found.append(
                    DeviationSpan(
                        start: row.time, end: row.time, peakTime: row.time, value: value, expected: expected, score: row.score))
                isOpen = true
                calm = 0
                continue
            }
            guard isOpen, let last = found.indices.last else { continue }
            guard row.anomaly || isOutside else {
                calm += 1
                isOpen = calm < rest
                continue
            }
            calm = 0
            found[last].end = row.time
            found[last].score = max(found[last].score, row.score)
            if abs(value - expected) > abs(found[last].value - found[last].expected) {
                (found[last].peakTime, found[last].value, found[last].expected) = (row.time, value, expected)
            }
        }
        return found
    }
}
