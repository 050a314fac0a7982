/// Signals whose events outlive the log's limit (D2): the defaults of a new log.
public struct KeptSignals: Hashable, Sendable {
    /// A signal, or a pattern with `*` for any text.
    public var signals: String
    /// While which things are open; nil for good.
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
    /// One for each class of signals that is not kept as long as the log's limit says only.
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
