// Rules in Prometheus' shape:
//
//     groups:
//       - name: api
//         interval: 30s
//         rules:
//           - alert: HighErrorRate
//             expr: sum(rate(errors_total[5m])) / sum(rate(requests_total[5m])) > 0.05
//             for: 5m
//             keep_firing_for: 2m
//             labels: {severity: critical}
//             annotations: {summary: "errors of {{ $labels.job }} are {{ $value | humanizePercentage }}"}

internal import VarvePromQL
internal import VarveSettings

extension RuleDocument {
    private static let groupKeys = ["name", "interval", "limit", "rules"]
    private static let alertKeys = [
        "alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations", "channels", "escalate", "actions",
        "enabled",
    ]
    private static let intervalMax: Int64 = 86_400_000_000_000

    mutating func readGroups(_ list: SettingsNode) throws(SettingsError) {
        var names: Set<String> = []
        for item in try list.items() {
            do throws(SettingsError) {
                let map = try item.mapping(keys: Self.groupKeys)
                let name = try map.required("name").text(upTo: RuleReader.textMax)
                guard names.insert(name).inserted else {
                    throw try map.required("name").error(.badValue, "there is a group \"\(name.prefix(60))\" already")
                }
                var interval = RuleSource.minute
                if let node = map["interval"] {
                    interval = try Self.duration(node)
                    guard (1_000_000_000...Self.intervalMax).contains(interval), interval % 1_000_000_000 == 0 else {
                        throw node.error(.badValue, "\(node.name) must be whole seconds, from 1s to 1d")
                    }
                }
                guard let rules = map["rules"] else { continue }
                for node in try rules.items() { readAlert(node, group: name, interval: interval) }
            } catch {
                errors.append(error)
            }
        }
    }

    private mutating func readAlert(_ node: SettingsNode, group: String, interval: Int64) {
        do throws(SettingsError) {
            let map = try node.mapping(keys: Self.alertKeys)
            if let record = map["record"] {
                throw record.error(.badValue, "recording rules are not evaluated; a view keeps what they would record")
            }
            let alert = try map.required("alert")
            let name = try alert.text(upTo: RuleReader.textMax)
            let expression = try map.required("expr")
            var rule = AlertRule(
                id: try freeID(name, alert), name: name, severity: .warning, source: RuleSource(view: "promql", column: "value"),
                test: .query(RuleQuery(try Self.query(expression))))
            rule.source.every = interval
            rule.noData = .resolve
            rule.group = group
            rule.origin = file
            if let node = map["for"] { rule.hold = try Self.duration(node) }
            if let node = map["keep_firing_for"] { rule.keep = try Self.duration(node) }
            rule.labels = try Self.texts(map["labels"], areLabels: true)
            rule.annotations = try Self.texts(map["annotations"], areLabels: false)
            rule.playbook = rule.annotations["runbook_url"]
            if let severity = rule.labels["severity"] { rule.severity = Self.severity(severity) }
            if let node = map["channels"] { rule.channels = try RuleReader.names(node) }
            if let node = map["escalate"] { rule.escalation = try EscalationStep.read(node) }
            if let node = map["actions"] { rule.actions = try RuleReader.names(node) }
            rule.isEnabled = try map["enabled"]?.bool() ?? true
            let parts: [RulePart: SettingsNode] = [.id: alert, .condition: expression]
            places[rule.id] = Places(rule: node, parts: parts)
            rules.append(rule)
        } catch {
            errors.append(error)
        }
    }

    /// The alert's name as an id; of several alerts of one name the second ends with `.2`.
    private func freeID(_ name: String, _ node: SettingsNode) throws(SettingsError) -> String {
        let bytes = name.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x3A: byte
            default: 0x5F
            }
        }
        let base = String(decoding: bytes.prefix(90), as: UTF8.self)
        guard !base.isEmpty else { throw node.error(.badValue, "\(node.name) must not be empty") }
        var (id, number) = (base, 1)
        while places[id] != nil {
            number += 1
            id = "\(base).\(number)"
        }
        return id
    }

    /// A duration as Prometheus has it: `5m`, `1h30m`.
    private static func duration(_ node: SettingsNode) throws(SettingsError) -> Int64 {
        let text = try node.string()
        let milliseconds: Int64
        do throws(PromQLError) { milliseconds = try DurationText.milliseconds(text) } catch {
            throw node.error(.wrongType, "\(node.name): \(error.message)")
        }
        let (duration, isTooLong) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        guard !isTooLong, duration <= 366 * intervalMax else {
            throw node.error(.badValue, "\(node.name) must be a year at most")
        }
        return duration
    }

    private static func query(_ node: SettingsNode) throws(SettingsError) -> PromQLQuery {
        let text = try node.string()
        let query: PromQLQuery
        do throws(PromQLError) { query = try PromQLQuery(text) } catch {
            // A plain text of one line stands in the file as it is.
            let isPlain = !text.contains("\n") && error.range != nil
            let bytes = Array(text.utf8.prefix(error.range?.lowerBound ?? 0))
            let column = node.column + (isPlain ? String(decoding: bytes, as: UTF8.self).count : 0)
            throw SettingsError(.badValue, "expr: \(error.message)", file: node.file, line: node.line, column: column)
        }
        guard query.tree.valueKind == .vector || query.tree.valueKind == .scalar else {
            throw node.error(.badValue, "an alert's expression is a vector or a scalar")
        }
        return query
    }

    private static func texts(_ node: SettingsNode?, areLabels: Bool) throws(SettingsError) -> [String: String] {
        var texts: [String: String] = [:]
        for entry in try node?.entries() ?? [] {
            let text = try entry.value.text(upTo: 4_000)
            guard Label.isValidName(entry.key), !areLabels || entry.key != Label.metricName else {
                throw entry.value.error(.badValue, "\"\(entry.key.prefix(60))\" is no name of a label")
            }
            if let fault = AlertTemplate.fault(text) { throw entry.value.error(.badValue, fault) }
            texts[entry.key] = text
        }
        return texts
    }

    /// What the label says, as one of ours.
    private static func severity(_ text: String) -> AlertSeverity {
        switch text.lowercased() {
        case "critical", "page", "error", "emergency", "high": .critical
        case "info", "information", "none", "low": .info
        default: .warning
        }
    }
}
