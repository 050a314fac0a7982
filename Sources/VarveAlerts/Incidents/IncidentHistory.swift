public import VarveEvents
public import VarveLog
internal import VarveProjections
internal import VarveWire

/// The incidents of a log, as a fold of its `incident.*` events: those that rules opened, and those of people and other programs.
public struct IncidentHistory: Sendable {
    static let prefix = "incident."
    static let opened = "incident.opened"
    static let updated = "incident.updated"

    private var byID: [String: Incident] = [:]
    /// The incident of each firing.
    private(set) var members: [String: String] = [:]

    public init() {}

    /// Folds the log up to its end. Blocks.
    public static func read(_ reader: LogReader) throws -> IncidentHistory {
        var history = IncidentHistory()
        var filter = LogFilter()
        filter.signals = [opened, updated]
        try reader.snapshot().scanAll(where: filter) { batch in batch.forEachEvent { _, event in history.add(event) } }
        return history
    }

    /// In the order in which they began.
    public var all: [Incident] { byID.values.sorted { ($0.openedAt, $0.id) < ($1.openedAt, $1.id) } }

    public subscript(id: String) -> Incident? { byID[id] }

    /// Takes the next event.
    public mutating func add(_ event: Event) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name], !text.isEmpty { text } else { nil }
        }
        guard event.signal == Self.opened || event.signal == Self.updated, let id = text("incident_id") else { return }
        var incident =
            byID[id]
            ?? Incident(
                id: id, title: text("title") ?? id, severity: text("severity") ?? "medium", openedAt: event.time)
        incident.severity = text("severity") ?? incident.severity
        incident.assignee = text("assignee") ?? incident.assignee
        incident.rootCause = text("root_cause") ?? incident.rootCause
        incident.resolution = text("resolution") ?? incident.resolution
        incident.fingerprint = text("fingerprint") ?? incident.fingerprint
        if let member = text("member"), members[member] == nil {
            members[member] = id
            incident.alerts.append(member)
            incident.recoveredAt = nil
        }
        if text("kind") == "recovered" { incident.recoveredAt = event.time }
        if let status = text("status") {
            let isOver = status == "resolved" || status == "closed"
            if isOver, incident.resolvedAt == nil { incident.resolvedAt = event.time }
            if !isOver { incident.resolvedAt = nil }
            // What a rule says is nobody's response.
            if status != "open", incident.respondedAt == nil, text("engine") == nil || text("by") != nil {
                incident.respondedAt = event.time
            }
            incident.status = status
        }
        if text("assignee") != nil, incident.respondedAt == nil { incident.respondedAt = event.time }
        byID[id] = incident
    }

    // MARK: What rules do

    /// The events that are missing: firings that open or join an incident, and incidents whose alerts are all over. Asked again,
    /// it finds nothing more; asked after a kill, it finds the same.
    func missing(_ history: AlertHistory, _ settings: IncidentSettings, since: Timestamp, at now: Timestamp) -> [Event] {
        guard !settings.open.isEmpty else { return [] }
        var known = self
        var events: [Event] = []
        func append(_ event: Event) {
            events.append(event)
            known.add(event)
        }
        for firing in history.said(after: since) where firing.change.kind == .firing && settings.opens(firing) {
            let member = Self.member(firing)
            guard known.members[member] == nil else { continue }
            append(known.entry(firing, member, settings))
        }
        let open = Set(history.open.filter { AlertHistory.isFiring($0.change) }.map { Self.member($0.asFiring) })
        for incident in known.all where incident.isOpen && incident.recoveredAt == nil && !incident.alerts.isEmpty {
            guard !incident.alerts.contains(where: open.contains) else { continue }
            append(Self.recovered(incident, settings, at: now))
        }
        return events
    }

    private static func member(_ firing: SaidChange) -> String {
        "\(firing.alertID)@\(firing.change.at.nanoseconds / 1_000_000_000)"
    }

    /// The event by which a firing joins an incident, or opens one.
    private func entry(_ firing: SaidChange, _ member: String, _ settings: IncidentSettings) -> Event {
        let fingerprint = settings.fingerprint(firing)
        let known = all.last { incident in
            guard incident.fingerprint == fingerprint else { return false }
            guard let over = incident.resolvedAt else { return true }
            return firing.change.at.nanoseconds - over.nanoseconds < settings.within
        }
        var attributes: [Attribute] = [
            Attribute("alert_id", .string(firing.alertID)), Attribute("engine", .string("varve")),
            Attribute("fingerprint", .string(fingerprint)), Attribute("member", .string(member)),
            Attribute("severity", .string(Self.severity(firing.severity))),
        ]
        if let known {
            attributes += [
                Attribute("incident_id", .string(known.id)), Attribute("kind", .string("joined")),
                Attribute("status", .string(known.isOpen ? known.status : "open")),
            ]
        } else {
            let systems = [firing.field("component") ?? firing.view]
            attributes += [
                Attribute("affected_systems", .json(JSONLine.array(systems.map(JSONLine.string)))),
                Attribute("description", .string(firing.message)), Attribute("incident_id", .string("inc-\(member)")),
                Attribute("status", .string("open")), Attribute("title", .string(firing.name)),
            ]
        }
        return Event(
            time: firing.change.at, signal: known == nil ? Self.opened : Self.updated, id: "varve-incident:\(member)",
            attributes: attributes.sorted { $0.name < $1.name })
    }

    private static func recovered(_ incident: Incident, _ settings: IncidentSettings, at time: Timestamp) -> Event {
        // Where people owe words, it stays open until they are said.
        let status = settings.required.isEmpty ? "resolved" : incident.status
        let attributes: [Attribute] = [
            Attribute("engine", .string("varve")), Attribute("incident_id", .string(incident.id)),
            Attribute("kind", .string("recovered")), Attribute("status", .string(status)),
        ]
        return Event(
            time: time, signal: updated, id: "varve-incident:\(incident.id):recovered:\(incident.alerts.count)",
            attributes: attributes)
    }

    private static func severity(_ severity: AlertSeverity) -> String {
        switch severity {
        case .info: "low"
        case .warning: "medium"
        case .critical: "critical"
        }
    }
}
