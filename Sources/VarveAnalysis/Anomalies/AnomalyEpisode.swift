/// Tracks whether an anomaly begins, continues, or is over, so that a continuing one is reported once.
struct AnomalyEpisode {
    private let threshold: Double
    private var peak = 0.0
    private var calm = 0
    private(set) var isOpen = false

    /// The number of calm points in a row that end an anomaly.
    private static let rest = 100
    /// A score higher than the peak by this much is reported again: a hundred times rarer.
    private static let escalation = 2.0

    init(threshold: Double) {
        self.threshold = threshold
    }

    /// Processes the score of the next point; true when an anomaly begins with it.
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
