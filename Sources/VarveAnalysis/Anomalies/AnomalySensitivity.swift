/// How rare a point must be to count as an anomaly.
public enum AnomalySensitivity: String, CaseIterable, Sendable {
    case low, normal, high

    /// The minimum score of an anomaly.
    public var threshold: Double {
        switch self {
        case .low: 3
        case .normal: 2.3
        case .high: 1.8
        }
    }
}
