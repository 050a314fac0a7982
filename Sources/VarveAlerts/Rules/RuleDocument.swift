// A file of rules (docs/alerts.md). Its root is one rule, a list of rules, or a mapping with `rules`, `thresholds` and
// Prometheus' `groups`:
//
//     rules:
//       - id: high_error_rate
//         name: High Error Rate
//         condition: error_rate
//         threshold: 0.05
//         duration: 300
//         severity: critical
//         channels: [email, slack]
//         enabled: true
//     thresholds:
//       - {metric_type: cpu, warning: 0.8, critical: 0.95, duration: 300}

internal import VarveProjections
public import VarveSettings

/// What a file of rules says: rules, and everything that is wrong with it.
public struct RuleDocument: Sendable {
    /// Where the parts of a rule stand.
    struct Places: Sendable {
        var rule: SettingsNode
        var parts: [RulePart: SettingsNode] = [:]
    }

    public internal(set) var rules: [AlertRule] = []
    /// In the order of the file.
    public internal(set) var errors: [SettingsError] = []
    var places: [String: Places] = [:]
    let file: String

    /// Rules of a file; more are refused.
    private static let rulesMax = 10_000

    /// Reads the rules of `text`. `file` names it in errors and as the rules' origin.
    public init(_ text: String, file: String) {
        self.file = file
        do throws(SettingsError) {
            let root = try SettingsNode.parse(text, file: file)
            switch root.kind {
            case .null: break
            case .sequence: try read(root)
            case .scalar: throw root.error(.wrongType, "a file of rules is a mapping or a list")
            case .mapping:
                if try root.entries().contains(where: { ["rules", "thresholds", "groups"].contains($0.key) }) {
                    let map = try root.mapping(keys: ["rules", "thresholds", "groups"])
                    if let groups = map["groups"] { try readGroups(groups) }
                    if let list = map["rules"] { try read(list) }
                    if let list = map["thresholds"] { try read(list) }
                } else {
                    readItem(root)
                }
            }
        } catch {
            errors.append(error)
        }
        errors.sort { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    private mutating func read(_ list: SettingsNode) throws(SettingsError) {
        let items = try list.items()
        guard items.count <= Self.rulesMax else {
            throw list.error(.tooLarge, "a file may have \(Self.rulesMax) rules, this one has \(items.count)")
        }
        for item in items { readItem(item) }
    }

    /// One rule, or a metric's two thresholds.
    private mutating func readItem(_ node: SettingsNode) {
        do throws(SettingsError) {
            let isThreshold = try node.entries().contains { $0.key == "metric_type" }
            var reader = RuleReader(node, file: file)
            let read = isThreshold ? try reader.thresholds() : [try reader.rule()]
            for rule in read {
                guard places[rule.id] == nil else {
                    throw (reader.parts[.id] ?? node).error(.badValue, "there is a rule \"\(rule.id)\" already")
                }
                places[rule.id] = Places(rule: node, parts: reader.parts)
                rules.append(rule)
            }
        } catch {
            errors.append(error)
        }
    }

    /// An error that stands at a part of the rule `id`.
    func error(_ problem: RuleProblem, in id: String) -> SettingsError {
        guard let places = places[id] else { return SettingsError(.badValue, problem.message, file: file) }
        return (places.parts[problem.part] ?? places.parts[.condition] ?? places.rule).error(.badValue, problem.message)
    }

    /// Everything that is wrong with the file: what cannot be read, and what no view of `views` can answer.
    public func findings(_ views: RuleViews) -> [SettingsError] {
        var all = errors
        for rule in rules { all += views.problems(of: rule).map { error($0, in: rule.id) } }
        return all.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}
