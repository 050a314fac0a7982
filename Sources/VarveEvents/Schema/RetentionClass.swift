/// How long events of a signal are needed after they were appended. No class is shorter than the log's own limit.
public enum RetentionClass: String, CaseIterable, Sendable {
    /// As long as the log's limit. Views keep their hour and day cells forever.
    case standard
    /// A number of days after the entity was created: incidents.
    case afterCreation = "after creation"
    /// A number of days after the entity was resolved; open ones never expire: tech debt.
    case afterResolution = "after resolution"
    /// Kept forever, including the latest of each key: configuration, thresholds.
    case latest
}
