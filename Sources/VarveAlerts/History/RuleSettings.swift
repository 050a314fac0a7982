internal import VarveEvents

/// What was set of rules by events: `config.changed` with the key `alerts.rules.ID.enabled`, `.threshold`, `.for` or `.severity`,
/// or with a key of FlashFusion's `alertConfig`, and `threshold.changed` of a metric whose thresholds are rules.
/// The newest counts; the log is the audit trail.
public struct RuleSettings: Sendable {
    private struct Setting: Sendable {
        var isEnabled: Bool?
        var threshold: Double?
        var hold: Int64?
        var severity: AlertSeverity?
    }

    private var settings: [String: Setting] = [:]

    init() {}

    /// Takes an event; others than of settings are left out.
    mutating func add(_ event: Event) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name] { text } else { nil }
        }
        if event.signal == AlertSignals.settings, let key = text("key"), key.hasPrefix(AlertSignals.settingPrefix) {
            let rest = key.dropFirst(AlertSignals.settingPrefix.count)
            guard let dot = rest.lastIndex(of: "."), let value = text("value") else { return }
            let rule = String(rest[..<dot])
            switch rest[rest.index(after: dot)...] {
            case "enabled": settings[rule, default: Setting()].isEnabled = Bool(value)
            case "threshold":
                if let number = Double(value), number.isFinite { settings[rule, default: Setting()].threshold = number }
            case "for":
                if let hold = RuleDuration.parse(value) { settings[rule, default: Setting()].hold = hold }
            case "severity":
                if let severity = AlertSeverity(rawValue: value) { settings[rule, default: Setting()].severity = severity }
            default: return
            }
        } else if event.signal == AlertSignals.settings, let key = text("key"), key.hasPrefix(AlertSignals.configPrefix) {
            addConfig(String(key.dropFirst(AlertSignals.configPrefix.count)), text("value") ?? "")
        } else if event.signal == AlertSignals.thresholds, let metric = text("metric_type") {
            let hold = number(event, "for_s").flatMap { $0 >= 0 && $0 < 31_622_400 ? Int64($0) * 1_000_000_000 : nil }
            for (level, name) in [("warning", "warning_threshold"), ("critical", "critical_threshold")] {
                var setting = settings["\(metric):\(level)"] ?? Setting()
                if let threshold = number(event, name) { setting.threshold = threshold }
                if let hold { setting.hold = hold }
                if case .bool(let isOn)? = event[attribute: "enabled"] { setting.isEnabled = isOn }
                settings["\(metric):\(level)"] = setting
            }
        }
    }

    /// The rules of FlashFusion's thresholds, and by what its values are divided: percent are fractions here (D3).
    private static let configRules: [String: (rule: String, divisor: Double)] = [
        "podSuccessRate": ("pod_success_rate", 100), "integrationUptime": ("integration_uptime", 100),
        "responseTime": ("integration_response_time", 1), "errorRate": ("integration_error_rate", 100),
    ]

    /// What `updateConfig` sets of the four rules (F19, F20).
    private mutating func addConfig(_ key: String, _ value: String) {
        let thresholds = "thresholds."
        if key == "enabled", let isEnabled = Bool(value) {
            for (rule, _) in Self.configRules.values { settings[rule, default: Setting()].isEnabled = isEnabled }
        } else if key.hasPrefix(thresholds), let known = Self.configRules[String(key.dropFirst(thresholds.count))],
            let number = Double(value), number.isFinite
        {
            settings[known.rule, default: Setting()].threshold = number / known.divisor
        }
    }

    private func number(_ event: Event, _ name: String) -> Double? {
        switch event[attribute: name] {
        case .double(let value)?: value.isFinite ? value : nil
        case .int64(let value)?: Double(value)
        default: nil
        }
    }

    /// The rule as it is set.
    public func applied(to rule: AlertRule) -> AlertRule {
        guard let setting = settings[rule.id] else { return rule }
        var rule = rule
        if let isEnabled = setting.isEnabled { rule.isEnabled = isEnabled }
        if let threshold = setting.threshold { rule.test = rule.test.with(threshold: threshold) }
        if let hold = setting.hold { rule.hold = hold }
        if let severity = setting.severity { rule.severity = severity }
        return rule
    }
}
