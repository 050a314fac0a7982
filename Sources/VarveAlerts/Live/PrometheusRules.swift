internal import VarveEvents
internal import VarveProjections
internal import VarvePromQL
internal import VarveWire

/// Rules and their alerts as Prometheus' `GET /api/v1/rules` and `/api/v1/alerts` show them. Those of Varve's own shape are there
/// too, in a group for each file, with their condition as the query.
public struct PrometheusRules: Sendable {
    private let rules: [AlertRule]
    private let open: [String: [SaidChange]]
    private let failures: [String: String]
    private let lastEvaluation: Timestamp?

    init(_ rules: [AlertRule], _ history: AlertHistory, failures: [String: String], lastEvaluation: Timestamp?) {
        self.rules = rules.filter(\.isEnabled)
        open = Dictionary(grouping: history.open, by: \.rule)
        self.failures = failures
        self.lastEvaluation = lastEvaluation
    }

    private struct Group: Hashable {
        var name: String
        var file: String
    }

    /// The `data` of the answer, with the groups and rules that are named; empty for all.
    public func groups(names: [String] = [], groups: [String] = [], files: [String] = []) -> String {
        var order: [Group] = []
        var members: [Group: [AlertRule]] = [:]
        for rule in rules where names.isEmpty || names.contains(rule.name) || names.contains(rule.id) {
            let group = Group(name: rule.group ?? "varve", file: rule.origin)
            guard groups.isEmpty || groups.contains(group.name), files.isEmpty || files.contains(group.file) else { continue }
            if members[group] == nil { order.append(group) }
            members[group, default: []].append(rule)
        }
        let texts = order.map { group -> String in
            let own = members[group] ?? []
            var line = JSONLine()
            line.field("name", group.name)
            line.field("file", group.file)
            line.field("rules", json: JSONLine.array(own.map(json)))
            line.field("interval", Double(own.map(\.step).min() ?? 0) / 1e9)
            line.field("limit", 0)
            line.field("evaluationTime", 0.0)
            line.field("lastEvaluation", (lastEvaluation ?? Timestamp(nanoseconds: 0)).text)
            return line.text
        }
        var data = JSONLine()
        data.field("groups", json: JSONLine.array(texts))
        return data.text
    }

    /// The `data` of the answer on alerts.
    public var alerts: String {
        var data = JSONLine()
        data.field("alerts", json: JSONLine.array(rules.flatMap { (open[$0.id] ?? []).sorted(by: Self.isBefore).map(json) }))
        return data.text
    }

    private static func isBefore(_ left: SaidChange, _ right: SaidChange) -> Bool { left.labels < right.labels }

    private func json(_ rule: AlertRule) -> String {
        let own = (open[rule.id] ?? []).sorted(by: Self.isBefore)
        let isFiring = own.contains { AlertHistory.isFiring($0.change) }
        var line = JSONLine()
        line.field("state", isFiring ? "firing" : own.isEmpty ? "inactive" : "pending")
        line.field("name", rule.isQuery ? rule.name : rule.id)
        if case .query(let query) = rule.test { line.field("query", query.text) } else { line.field("query", rule.conditionText) }
        line.field("duration", Double(rule.hold) / 1e9)
        line.field("keepFiringFor", Double(rule.keep) / 1e9)
        var labels = rule.labels
        if !rule.isQuery { labels["severity"] = rule.severity.rawValue }
        line.field("labels", json: PlainStrings.object(labels))
        line.field("annotations", json: PlainStrings.object(rule.annotations))
        line.field("alerts", json: JSONLine.array(own.map(json)))
        line.field("health", failures[rule.id] != nil ? "err" : lastEvaluation == nil ? "unknown" : "ok")
        if let failure = failures[rule.id] { line.field("lastError", failure) }
        line.field("evaluationTime", 0.0)
        line.field("lastEvaluation", (lastEvaluation ?? Timestamp(nanoseconds: 0)).text)
        line.field("type", "alerting")
        return line.text
    }

    private func json(_ alert: SaidChange) -> String {
        var line = JSONLine()
        line.field(
            "labels", json: MessageBodies.object(MessageBodies.labels(alert).map { (MessageBodies.labelName($0.name), $0.value) })
        )
        line.field("annotations", json: PlainStrings.object(alert.isQuery ? alert.annotations : ["message": alert.message]))
        line.field("state", AlertHistory.isFiring(alert.change) ? "firing" : "pending")
        line.field("activeAt", alert.change.pendingAt.text)
        line.field("value", GoText.value(alert.change.value ?? .nan))
        return line.text
    }
}

extension LiveAlerts {
    /// As Prometheus shows it.
    public var prometheusRules: PrometheusRules {
        PrometheusRules(rules, history, failures: engine.failures, lastEvaluation: engine.lastTick)
    }
}
