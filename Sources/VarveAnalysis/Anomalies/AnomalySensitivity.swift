/// How rare a point must be to be an anomaly.
public enum AnomalySensitivity: String, CaseIterable, Sendable {
    case low, normal, high

    /// The score from which on a point is one.
    public var threshold: Double {
        switch self {
        case .low: 3
        case .normal: 2.3
        case .high: 1.8
        }
    }
}
