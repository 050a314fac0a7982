/// Whether an anomaly begins, goes on, or is over: what goes on is told once.
struct AnomalyEpisode {
    private let threshold: Double
    private var peak = 0.0
    private var calm = 0
    private(set) var isOpen = false

    /// So many points in a row must be calm before the next anomaly is another one.
    private static let rest = 100
    /// A score that is higher than the peak by so much is news: a hundred times rarer.
    private static let escalation = 2.0

    init(threshold: Double) {
        self.threshold = threshold
    }

    /// Takes the score of the next point; true when an anomaly begins with it.
    mutating func begins(_ score: Double) -> Bool {
        guard score >= threshold else {
            if isOpen {
                calm += 1
                if calm >= Self.rest { isOpen = false }
            }
            return false
        }
        defer {
            isOpen = true
            calm = 0
            peak = max(peak, score)
        }
        if isOpen { return score >= peak + Self.escalation }
        peak = score
        return true
    }
}
