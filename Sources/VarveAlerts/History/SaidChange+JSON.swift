public import VarveEvents
internal import VarveProjections
internal import VarveWire

extension SaidChange {
    /// As the history of a rule shows it, and the stream tells it.
    public var json: String { json(at: offset) }

    func json(at offset: Offset) -> String {
        var line = JSONLine()
        line.field("id", alertID)
        line.field("rule", rule)
        line.field("name", name)
        line.field("labels", json: labels.json)
        line.field("severity", severity.rawValue)
        line.field("state", change.kind.rawValue)
        line.field("timestamp", change.at.text)
        line.field("message", message)
        line.field("value", change.value)
        line.field("threshold", change.threshold)
        line.field("pending_at", change.pendingAt.text)
        line.field("firing_at", change.firingAt?.text)
        line.field("late", isLate)
        line.field("retracted", isRetraction)
        line.field("offset", offset.value)
        line.field("view_hash", viewHash)
        return line.text
    }
}

extension AlertHistory {
    /// What a subscriber is told of an alert event, with the event's own offset; nil for other events.
    public static func message(_ event: Event, at offset: Offset) -> String? {
        guard let change = SaidChange(event, at: offset) else { return nil }
        return change.json(at: offset)
    }

    /// What was said of the alerts of a rule and holds, in the order of event time.
    public func changes(of rule: String) -> [SaidChange] {
        said.values.flatMap { $0 }.filter { $0.rule == rule }.sorted { ($0.change.at, $0.alertID) < ($1.change.at, $1.alertID) }
    }

    /// What was said of one alert and holds.
    public func changes(ofAlert id: String) -> [SaidChange] {
        said.filter { $0.key.alertID == id }.values.flatMap { $0 }.sorted { $0.change.at < $1.change.at }
    }
}
