/// Signals whose events outlive the log's age limit (D2): the default rules of a new log.
public struct KeptSignals: Hashable, Sendable {
    /// A signal, or a pattern in which `*` matches any text.
    public var signals: String
    /// The things during whose open time events are kept; nil for forever.
    public var thing: Thing?

    /// A thing that is opened by one signal, and closed by a status.
    public struct Thing: Hashable, Sendable {
        public var key: String
        public var opens: String
        public var status: String
        public var closed: [String]
    }
}

extension Catalog {
    /// One rule for each class of signals that outlives the age limit.
    public static let keptSignals: [KeptSignals] = [
        KeptSignals(signals: "config.changed"),
        KeptSignals(signals: "threshold.changed"),
        open("tech_debt", key: "debt_id", opens: "added", closed: ["resolved"]),
        open("incident", key: "incident_id", opens: "opened", closed: ["resolved", "closed"]),
        open("documentation_gap", key: "gap_id", opens: "added", closed: ["completed"]),
    ]

    private static func open(_ name: String, key: String, opens: String, closed: [String]) -> KeptSignals {
        KeptSignals(
            signals: name + ".*",
            thing: KeptSignals.Thing(key: key, opens: name + "." + opens, status: "status", closed: closed))
    }
}
