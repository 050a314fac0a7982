public import VarveEvents
internal import VarveProjections
internal import VarveWire

/// An incident as its events add up to.
public struct Incident: Hashable, Sendable {
    public var id: String
    public var title: String
    public var severity: String
    public var status = "open"
    public var openedAt: Timestamp
    /// When somebody first took it on: gave it to somebody, or another status than open.
    public var respondedAt: Timestamp?
    /// When it was resolved or closed the last time; nil while it is open.
    public var resolvedAt: Timestamp?
    public var assignee: String?
    public var rootCause: String?
    public var resolution: String?
    /// What its alerts have in common; nil of one that no rule opened.
    public var fingerprint: String?
    /// `ALERT@SECOND` of each firing that belongs to it.
    public var alerts: [String] = []
    /// When the last of its alerts was resolved; nil while one fires.
    public var recoveredAt: Timestamp?

    public var isOpen: Bool { resolvedAt == nil }

    /// As commands and the server show it. Times in seconds.
    public var json: String {
        var line = JSONLine()
        line.field("id", id)
        line.field("title", title)
        line.field("severity", severity)
        line.field("status", status)
        line.field("assignee", assignee)
        line.field("opened_at", openedAt.text)
        line.field("responded_at", respondedAt?.text)
        line.field("recovered_at", recoveredAt?.text)
        line.field("resolved_at", resolvedAt?.text)
        line.field("response_s", respondedAt.map { Double($0.nanoseconds - openedAt.nanoseconds) / 1e9 })
        line.field("resolution_s", resolvedAt.map { Double($0.nanoseconds - openedAt.nanoseconds) / 1e9 })
        line.field("root_cause", rootCause)
        line.field("resolution", resolution)
        line.field("alerts", json: JSONLine.array(alerts.map(JSONLine.string)))
        return line.text
    }
}
