// Each point is compared with its expectation by several statistics; the history of each statistic gives the rarity of a value.
//
//     surprise       |value − best forecast| / its usual size                          spikes, drops
//     shift          |moving mean of (value − usual level)|, over 12, 48, 192 points    level shifts, drifts, unusual days
//     louder, calmer the size of the latest errors relative to the usual, and inverse   changes of variance, stuck values
//
// The moving means are EWMA charts (Roberts, Control Chart Tests Based on Geometric Moving Averages, 1959). The score is the
// rarest of them, in decades, after Bonferroni's correction.

/// Finds anomalies in one series, point by point, in bounded memory. The score of a point depends only on earlier points, so a
/// stream and a batch get the same scores.
///
///     var detector = AnomalyDetector()
///     let row = detector.next(point)
///     if row.anomaly { print(row.time, row.value, row.expected) }
public struct AnomalyDetector: Sendable {
    private let bandTail: Double
    private var baseline: SeasonalBaseline
    private var episode: AnomalyEpisode
    private var seen = 0

    /// The usual size of the forecast's errors, over a short span and a long one.
    private var size = FadingMean(span: 300)
    private var longSize = FadingMean(span: 1_500)
    /// The usual distance from the usual level.
    private var distance = FadingMean(span: 1_500)
    private var recentSize = FadingMean(span: 24)
    private var shifts: [FadingMean]
    private var tails: [TailHistogram]

    private static let spans: [Int32] = [12, 48, 192]
    /// The number of values before statistics are recorded, and before points are judged.
    private static let settled = 30
    private static let warmUp = 60
    private static let memory = 8_000
    /// Values of an anomaly are recorded too, so that a repeated anomaly is less unusual, but with a low weight, so that it
    /// does not become usual at once.
    private static let weightOfUnusual = 0.2

    public init(sensitivity: AnomalySensitivity = .normal) {
        self.init(threshold: sensitivity.threshold)
    }

    /// `threshold`: the score from which a point is an anomaly.
    init(threshold: Double) {
        bandTail = Real.pow(10, -threshold) / Double(Self.spans.count + 3)
        baseline = SeasonalBaseline()
        episode = AnomalyEpisode(threshold: threshold)
        shifts = Self.spans.map { FadingMean(span: $0) }
        let spans = [1] + Self.spans.map(Int.init) + [24, 24]
        tails = spans.map { TailHistogram(capacity: Self.memory, span: $0) }
    }

    /// Processes the next point, which must not be earlier than the previous one.
    public mutating func next(_ point: SeriesPoint) -> AnomalyRow {
        let expectation = baseline.expect(at: point.time)
        var row = AnomalyRow(time: point.time, value: point.value, expected: expectation?.next, score: 0, anomaly: false)
        guard let expectation else {
            if let value = point.finite { baseline.update(value, limit: .infinity) }
            return row
        }
        let floor = max(0.02 * distance.value, 1e-9 * abs(expectation.usual), 1e-12)
        let scale = max(size.value, floor)
        if seen >= Self.warmUp {
            let width = tails[0].value(at: bandTail) * scale
            row.low = expectation.next - width
            row.high = expectation.next + width
        }
        guard let value = point.finite else { return row }
        let error = value - expectation.next
        let statistics = statistics(error, value - expectation.usual, scale, floor)
        if seen >= Self.warmUp {
            var rarest = 1.0
            for (tail, statistic) in zip(tails, statistics) {
                rarest = min(rarest, tail.probability(beyond: statistic))
            }
            row.score = max(0, -Real.log10(max(1e-12, rarest * Double(tails.count))))
            row.anomaly = episode.begins(row.score)
        }
        if seen >= Self.settled {
            let weight = episode.isOpen ? Self.weightOfUnusual : 1
            for index in tails.indices { tails[index].add(statistics[index], weight: weight) }
        }
        learn(value, error, value - expectation.usual, scale)
        return row
    }

    private mutating func statistics(_ error: Double, _ deviation: Double, _ scale: Double, _ floor: Double) -> [Double] {
        var found = [min(1e6, abs(error) / scale)]
        let usual = max(distance.value, floor)
        for index in shifts.indices {
            shifts[index].update((deviation / usual).clamped(to: 8))
            found.append(abs(shifts[index].value))
        }
        let long = max(longSize.value, floor)
        recentSize.update(min(abs(error) / long, 8))
        found.append(recentSize.value)
        found.append(1 / (recentSize.value + 0.02))
        return found
    }

    private mutating func learn(_ value: Double, _ error: Double, _ deviation: Double, _ scale: Double) {
        seen += 1
        let limit = seen < 20 ? Double.infinity : 5 * scale
        baseline.update(value, limit: seen < 20 ? .infinity : max(limit, 3 * distance.value))
        size.update(abs(error), limit: limit)
        longSize.update(abs(error), limit: limit)
        distance.update(abs(deviation), limit: seen < 20 ? .infinity : 5 * max(distance.value, scale))
    }
}
