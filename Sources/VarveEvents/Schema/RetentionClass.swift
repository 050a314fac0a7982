/// How long events of a signal are needed after they were appended. No class is shorter than the log's own limit.
public enum RetentionClass: String, CaseIterable, Sendable {
    /// As long as the log's limit says. Views keep their hours and days for good.
    case standard
    /// So many days after the thing was created: incidents.
    case afterCreation = "after creation"
    /// So many days after the thing was resolved; what is open never expires: tech debt.
    case afterResolution = "after resolution"
    /// Kept for good, the latest of each key among them: configuration, thresholds.
    case latest
}
