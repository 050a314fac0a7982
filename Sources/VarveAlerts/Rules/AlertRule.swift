internal import VarveAnalysis
internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// A rule as data: which numbers, what must be so of them and for how long, and who is told. Durations are nanoseconds.
public struct AlertRule: Hashable, Sendable {
    /// So many evaluations of the last so many.
    public struct Matches: Hashable, Sendable {
        public var needed: Int
        public var of: Int
    }

    /// A word that is unique among the rules of a directory.
    public var id: String
    /// For people.
    public var name: String
    public var severity: AlertSeverity
    /// Names of channels, in the order in which they are tried.
    public var channels: [String] = []
    /// Who is told when nobody takes its alerts on.
    public var escalation: [EscalationStep] = []
    /// Names of actions that are run when it fires.
    public var actions: [String] = []
    public var isEnabled = true
    public var source: RuleSource
    public var test: RuleTest
    /// How long the condition must hold before the alert fires.
    public var hold: Int64 = 0
    /// How long it must not hold before the alert is resolved.
    public var keep: Int64 = 0
    /// Nil where every evaluation counts.
    public var matches: Matches?
    public var noData = NoDataPolicy.keep
    /// Given to every alert of the rule, beside its dimensions.
    public var labels: [String: String] = [:]
    /// One sentence for people; nil makes one of the rule.
    public var summary: String?
    /// The page that says what to do.
    public var playbook: String?
    /// The file that it stands in, or `built-in`.
    public var origin = "built-in"
    /// Texts for people by name, with `{{ $labels.x }}` and `{{ $value }}`: of rules in Prometheus' shape.
    public var annotations: [String: String] = [:]
    /// The group of a rule in Prometheus' shape.
    public var group: String?

    public init(id: String, name: String, severity: AlertSeverity, source: RuleSource, test: RuleTest) {
        self.id = id
        self.name = name
        self.severity = severity
        self.source = source
        self.test = test
    }

    /// All that decides when it fires, as one line. Two rules with the same text fire alike.
    public var conditionText: String {
        if case .query(let query) = test { return query.conditionText(self) }
        var text = "\(source.view).\(source.column)"
        if !source.filters.isEmpty {
            text += " where " + source.filters.map(Self.text).joined(separator: " and ")
        }
        if !source.by.isEmpty { text += " by \(source.by.joined(separator: ", "))" }
        text += " over " + source.windowText
        switch test {
        case .number(let comparison, let number): text += " \(comparison.symbol) \(NumberText.short(number))"
        case .change(let comparison, let number, let ago):
            text += " changed \(comparison.symbol) \(NumberText.short(number)) since \(RuleDuration.text(ago)) ago"
        case .band(let sensitivity, let side, let history):
            text += " \(side.rawValue) its band (\(sensitivity.rawValue), \(history) \(source.bucket.name)s)"
        case .absent(let known): text += " absent (known for \(known) \(source.bucket.name)s)"
        case .burn(let burn):
            text += " burns \(NumberText.short(burn.factor)) times the budget of \(NumberText.short(burn.target)) "
            text += burn.isGood ? "good" : "bad"
            text += " over \(burn.long) and \(burn.short) \(source.bucket.name)s"
        case .query: break
        }
        if let least = source.minCount { text += ", at least \(least) \(source.countColumn ?? "events")" }
        if let matches { text += ", \(matches.needed) of \(matches.of)" }
        if hold > 0 { text += ", for \(RuleDuration.text(hold))" }
        if keep > 0 { text += ", kept for \(RuleDuration.text(keep))" }
        if noData != .keep { text += ", no data: \(noData.rawValue)" }
        return text
    }

    private static func text(_ condition: FieldCondition) -> String {
        switch condition.operand {
        case .absent: condition.field + condition.comparison.rawValue
        case .word(let word): condition.field + condition.comparison.rawValue + word
        case .text(let text): condition.field + condition.comparison.rawValue + "\"\(text)\""
        }
    }

    /// Twelve hexadecimal digits that are others when the rule would fire otherwise.
    public var version: String {
        let bytes = Array("\(id)\n\(severity.rawValue)\n\(conditionText)".utf8)
        return String("\(bytes.withUnsafeBytes { SHA256Digest(of: $0) })".prefix(12))
    }
}
