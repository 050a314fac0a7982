internal import VarveAnalysis
internal import VarveEvents
internal import VarveProjections
internal import VarveSettings

/// Reads one rule of a file, strictly.
struct RuleReader {
    let node: SettingsNode
    private let file: String
    /// Where its parts stand.
    var parts: [RulePart: SettingsNode] = [:]
    /// What decides how often it is evaluated: read before the condition.
    private(set) var hold: Int64 = 0
    private(set) var everyNode: SettingsNode?
    private(set) var countsEvaluations = false

    private static let keys = [
        "id", "name", "condition", "threshold", "duration", "for", "every", "keep_firing_for", "matches", "no_data", "severity",
        "channels", "escalate", "actions", "enabled", "labels", "summary", "playbook",
    ]
    private static let thresholdKeys = [
        "id", "name", "metric_type", "warning", "critical", "warning_threshold", "critical_threshold", "duration", "enabled",
        "channels", "updated_by", "updated_at",
    ]
    static let textMax = 256

    init(_ node: SettingsNode, file: String) {
        self.node = node
        self.file = file
    }

    /// The shape of the documents (A54), with all that a condition may say.
    mutating func rule() throws(SettingsError) -> AlertRule {
        let map = try node.mapping(keys: Self.keys)
        let id = try map.required("id")
        parts[.id] = id
        let name = try Self.id(id)
        if map["duration"] != nil, let other = map["for"] {
            throw other.error(.badValue, "duration and for are two names of one thing; give one of them")
        }
        if let node = map["duration"] ?? map["for"] {
            parts[.duration] = node
            hold = try RuleDuration.read(node)
        }
        everyNode = map["every"]
        countsEvaluations = map["matches"] != nil
        let (source, test) = try condition(map)
        var rule = AlertRule(
            id: name, name: try map["name"]?.text(upTo: Self.textMax) ?? name, severity: .warning, source: source, test: test)
        if let severity = map["severity"] { rule.severity = try severity.choice(AlertSeverity.self) }
        rule.hold = hold
        if let node = map["keep_firing_for"] { rule.keep = try RuleDuration.read(node) }
        if let node = map["matches"] { rule.matches = try Self.matches(node) }
        if let node = map["no_data"] { rule.noData = try node.choice(NoDataPolicy.self) }
        if let node = map["channels"] { rule.channels = try Self.names(node) }
        if let node = map["escalate"] { rule.escalation = try EscalationStep.read(node) }
        if let node = map["actions"] { rule.actions = try Self.names(node) }
        rule.isEnabled = try map["enabled"]?.bool() ?? true
        for entry in try map["labels"]?.entries() ?? [] { rule.labels[entry.key] = try entry.value.text(upTo: Self.textMax) }
        rule.summary = try map["summary"]?.text(upTo: 1_000)
        rule.playbook = try map["playbook"]?.text(upTo: 1_000)
        rule.origin = file
        return rule
    }

    /// The two thresholds of a metric (M18): a rule for each.
    mutating func thresholds() throws(SettingsError) -> [AlertRule] {
        let map = try node.mapping(keys: Self.thresholdKeys)
        let type = try map.required("metric_type")
        parts[.id] = map["id"] ?? type
        parts[.view] = type
        let metric = try type.text(upTo: Self.textMax)
        let id = try map["id"].map { node throws(SettingsError) in try Self.id(node) } ?? metric
        let warning = try (map["warning"] ?? map["warning_threshold"])?.double()
        let critical = try (map["critical"] ?? map["critical_threshold"])?.double()
        hold = try map["duration"].map { node throws(SettingsError) in try RuleDuration.read(node) } ?? 0
        guard warning != nil || critical != nil else {
            throw node.error(.missingKey, "\(node.name) needs warning, critical or both")
        }
        parts[.threshold] = map["warning"] ?? map["warning_threshold"] ?? map["critical"] ?? map["critical_threshold"]
        var comparison = RuleComparison.greater
        if let warning, let critical, critical < warning { comparison = .less }
        let named = NamedCondition.named(metric) ?? .metric(metric, comparison)
        if warning == nil || critical == nil { comparison = named.comparison }
        let source = try paced(named.source, length: Int64(named.source.window) * RuleSource.minute, isSmooth: true)
        var rules: [AlertRule] = []
        for (severity, number) in [(AlertSeverity.warning, warning), (.critical, critical)] {
            guard let number else { continue }
            var rule = AlertRule(
                id: "\(id):\(severity.rawValue)", name: try map["name"]?.text(upTo: Self.textMax) ?? metric, severity: severity,
                source: source, test: .number(comparison, number))
            rule.hold = hold
            rule.isEnabled = try map["enabled"]?.bool() ?? true
            if let node = map["channels"] { rule.channels = try Self.names(node) }
            rule.origin = file
            rules.append(rule)
        }
        return rules
    }

    // MARK: Parts

    /// Letters, digits, `_`, `-`, `.` and `:`, at most 100 of them: an id stands in paths, keys and commands.
    static func id(_ node: SettingsNode) throws(SettingsError) -> String {
        let text = try node.string()
        let isGood = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2E, 0x3A: true
            default: false
            }
        }
        guard isGood, (1...100).contains(text.utf8.count) else {
            throw node.error(
                .badValue, "\(node.name) must be 1 to 100 letters, digits, _, -, . and :, not \"\(text.prefix(40))\"")
        }
        return text
    }

    static func names(_ node: SettingsNode) throws(SettingsError) -> [String] {
        if case .null = node.kind { return [] }
        var names: [String] = []
        let items = node.kind == .sequence ? try node.items() : [node]
        for item in items { names.append(try item.text(upTo: textMax)) }
        return names
    }

    /// `3 of 5`.
    private static func matches(_ node: SettingsNode) throws(SettingsError) -> AlertRule.Matches {
        let words = try node.string().split(separator: " ")
        guard words.count == 3, words[1] == "of", let needed = Int(words[0]), let count = Int(words[2]),
            (1...100).contains(count), (1...count).contains(needed)
        else {
            throw node.error(.wrongType, "\(node.name) must be like \"3 of 5\", of at most 100")
        }
        return AlertRule.Matches(needed: needed, of: count)
    }
}

extension SettingsNode {
    func text(upTo count: Int) throws(SettingsError) -> String {
        let text = try string()
        guard text.utf8.count <= count else { throw error(.badValue, "\(name) is longer than \(count) bytes") }
        return text
    }
}
