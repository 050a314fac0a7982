internal import VarveEvents
internal import VarveProjections
internal import VarveWire

/// The bodies that receivers take, as pure functions of a notice.
enum MessageBodies {
    /// The document's payload (A60) for a channel that only wants that.
    static func plain(_ alert: SaidChange) -> String {
        var line = JSONLine()
        line.field("rule", alert.rule)
        line.field("timestamp", alert.change.at.text)
        line.field("severity", alert.severity.rawValue)
        line.field("message", alert.message)
        return line.text
    }

    /// Alerts in one body; it says how many there are beside them.
    private static let alertsMax = 200

    // MARK: Alertmanager

    /// Alertmanager's webhook, version 4.
    static func webhook(_ notice: AlertNotice, receiver: String) -> String {
        var line = JSONLine()
        line.field("receiver", receiver)
        line.field("status", notice.status.rawValue)
        let shown = notice.alerts.prefix(alertsMax)
        line.field("alerts", json: JSONLine.array(shown.map { alert($0, notice) }))
        var group = JSONLine()
        group.field("alertname", notice.rule)
        line.field("groupLabels", json: group.text)
        line.field("commonLabels", json: object(common(notice.alerts.map(labels))))
        line.field("commonAnnotations", json: object(common(notice.alerts.map(annotations))))
        line.field("externalURL", notice.dashboard ?? "")
        line.field("version", "4")
        line.field("groupKey", "{}:{alertname=\(JSONLine.string(notice.rule))}")
        line.field("truncatedAlerts", notice.alerts.count - shown.count)
        return line.text
    }

    /// What `POST /api/v2/alerts` of an Alertmanager takes. A firing alert ends by itself when it is not sent again by `endsAt`.
    static func alertmanager(_ notice: AlertNotice, endsAt: String) -> String {
        JSONLine.array(
            notice.alerts.map { alert in
                var line = JSONLine()
                line.field("labels", json: object(labels(alert).map { (labelName($0.name), $0.value) }))
                line.field("annotations", json: object(annotations(alert).map { (labelName($0.name), $0.value) }))
                line.field("startsAt", startsAt(alert))
                line.field("endsAt", notice.status == .resolved ? alert.change.at.text : endsAt)
                line.field("generatorURL", notice.dashboard ?? "")
                return line.text
            })
    }

    private static func alert(_ alert: SaidChange, _ notice: AlertNotice) -> String {
        var line = JSONLine()
        line.field("status", notice.status.rawValue)
        line.field("labels", json: object(labels(alert)))
        line.field("annotations", json: object(annotations(alert)))
        line.field("startsAt", startsAt(alert))
        line.field("endsAt", notice.status == .resolved ? alert.change.at.text : "0001-01-01T00:00:00Z")
        line.field("generatorURL", notice.dashboard ?? "")
        line.field("fingerprint", String(alert.alertID.suffix(16)))
        return line.text
    }

    private static func startsAt(_ alert: SaidChange) -> String { (alert.change.firingAt ?? alert.change.at).text }

    typealias Pairs = [(name: String, value: String)]

    static func labels(_ alert: SaidChange) -> Pairs {
        var pairs = alert.ruleLabels
        // An empty value is no label there.
        for label in alert.labels.all { pairs[label.name] = label.value ?? "(none)" }
        pairs["alertname"] = alert.isQuery ? alert.name : alert.rule
        // A rule in Prometheus' shape may know other severities.
        if !alert.isQuery || pairs["severity"] == nil { pairs["severity"] = alert.severity.rawValue }
        return pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    static func annotations(_ alert: SaidChange) -> Pairs {
        var pairs = alert.annotations
        (pairs["message"], pairs["name"], pairs["alert_id"]) = (alert.message, alert.name, alert.alertID)
        if let value = alert.change.value { pairs["value"] = NumberText.short(value) }
        if let threshold = alert.change.threshold { pairs["threshold"] = NumberText.short(threshold) }
        if let playbook = alert.playbook { pairs["playbook"] = playbook }
        return pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func common(_ all: [Pairs]) -> Pairs {
        guard let first = all.first else { return [] }
        return first.filter { pair in all.allSatisfy { $0.contains { $0.name == pair.name && $0.value == pair.value } } }
    }

    static func object(_ pairs: Pairs) -> String {
        var line = JSONLine()
        for pair in pairs { line.field(pair.name, pair.value) }
        return line.text
    }

    /// A name as Prometheus takes it.
    static func labelName(_ name: String) -> String {
        var bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: byte
            default: 0x5F
            }
        }
        if let first = bytes.first, (0x30...0x39).contains(first) { bytes.insert(0x5F, at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Slack

    /// The document's attachment (A62), with the text that a notification shows. Resolved is good.
    static func slack(_ notice: AlertNotice, _ more: Pairs = []) -> String {
        let color =
            notice.status == .resolved
            ? "good" : notice.severity == .critical ? "danger" : notice.severity == .warning ? "warning" : "good"
        var attachment = JSONLine()
        attachment.field("color", color)
        attachment.field("title", escaped(notice.title))
        if let dashboard = notice.dashboard { attachment.field("title_link", dashboard) }
        attachment.field("text", String(escaped(notice.text).prefix(3_000)))
        attachment.field("fields", json: JSONLine.array(fields(notice)))
        attachment.field("footer", "Atomic Guide Monitoring")
        attachment.field("ts", notice.at.nanoseconds / 1_000_000_000)
        var line = JSONLine()
        for pair in more { line.field(pair.name, pair.value) }
        line.field("text", escaped(notice.title))
        line.field("attachments", json: JSONLine.array([attachment.text]))
        return line.text
    }

    private static func fields(_ notice: AlertNotice) -> [String] {
        guard let first = notice.first else { return [] }
        var pairs: Pairs = [("Rule", first.rule), ("Severity", notice.severity.rawValue)]
        if let playbook = first.playbook { pairs.append(("Playbook", playbook)) }
        return pairs.map { pair in
            var line = JSONLine()
            line.field("title", pair.name)
            line.field("value", escaped(pair.value))
            line.field("short", true)
            return line.text
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    // MARK: PagerDuty

    /// Events v2. Each alert is an incident of its own, known by its id for as long as it lives.
    static func pagerDuty(_ alert: SaidChange, _ notice: AlertNotice, routingKey: String) -> String {
        var line = JSONLine()
        line.field("routing_key", routingKey)
        line.field("event_action", notice.status == .resolved ? "resolve" : "trigger")
        line.field("dedup_key", alert.alertID)
        var payload = JSONLine()
        payload.field("summary", String("\(alert.name): \(alert.message)".prefix(1_024)))
        payload.field("source", "varve")
        payload.field("severity", alert.severity.rawValue)
        payload.field("timestamp", alert.change.at.text)
        payload.field("component", alert.labels["component"] ?? alert.view)
        payload.field("group", alert.rule)
        payload.field("class", alert.view)
        payload.field("custom_details", json: object(annotations(alert) + labels(alert).filter { $0.name != "alertname" }))
        line.field("payload", json: payload.text)
        line.field("client", "Varve")
        if let dashboard = notice.dashboard { line.field("client_url", dashboard) }
        return line.text
    }
}
