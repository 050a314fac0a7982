internal import VarveProjections

/// What is said of an alert, in one sentence that names the number, what it was compared with, and where.
enum AlertMessage {
    static func text(_ rule: AlertRule, _ labels: AlertLabels, _ change: AlertChange) -> String {
        let place =
            labels.all.isEmpty ? "" : " for " + labels.all.map { "\($0.name) \($0.value ?? "(none)")" }.joined(separator: ", ")
        if case .query = rule.test, let text = queried(rule, labels, change) { return text }
        let what = rule.summary ?? (rule.isQuery ? rule.name : "\(rule.source.view).\(rule.source.column)")
        switch change.kind {
        case .noData: return "\(what)\(place) has no data any more; the alert fires on"
        case .dataBack: return "\(what)\(place) has data again"
        case .pending, .firing, .cancelled, .resolved: break
        }
        if case .absent = rule.test {
            return change.kind == .resolved ? "\(what)\(place) has data again" : "\(what)\(place) has no data"
        }
        guard let value = change.value else { return "\(what)\(place) has no data" }
        var text = "\(what)\(place) is \(NumberText.people(value))"
        if let threshold = change.threshold { text += ", \(compared(rule)) \(NumberText.people(threshold))" }
        if change.kind == .resolved, let peak = change.peak { text += "; at worst it was \(NumberText.people(peak))" }
        return text
    }

    /// What a rule in Prometheus' shape says of itself, where it does.
    private static func queried(_ rule: AlertRule, _ labels: AlertLabels, _ change: AlertChange) -> String? {
        let text = rule.annotations["summary"] ?? rule.annotations["description"] ?? rule.annotations["message"]
        return text.map { AlertTemplate.render($0, labels.pairs, value: change.value) }
    }

    /// All annotations of a rule in Prometheus' shape.
    static func annotations(_ rule: AlertRule, _ labels: AlertLabels, _ change: AlertChange) -> [String: String] {
        let pairs = labels.pairs
        return rule.annotations.mapValues { AlertTemplate.render($0, pairs, value: change.value) }
    }

    private static func compared(_ rule: AlertRule) -> String {
        switch rule.test {
        case .number(let comparison, _): "alerts \(comparison.symbol)"
        case .change(let comparison, _, let ago): "changed since \(RuleDuration.text(ago)) ago, alerts \(comparison.symbol)"
        case .band(_, let side, _): side == .below ? "expected at least" : side == .above ? "expected at most" : "expected within"
        case .burn: "times the budget burns, alerts >="
        case .absent: "absent"
        case .query(let query): "alerts \(query.isWorseAbove ? ">" : "<")"
        }
    }
}
