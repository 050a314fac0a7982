public import VarveEvents
public import VarveSettings

/// Which alerts open incidents, which join one, and what must be said before one is closed.
///
///     incidents:
///       open: [severity=critical]
///       join: [rule, component]
///       within: 30m
///       require: [root_cause, resolution]
public struct IncidentSettings: Hashable, Sendable {
    /// What must be known before an incident is resolved or closed.
    public enum Required: String, CaseIterable, Sendable {
        case rootCause = "root_cause"
        case resolution
        case assignee
    }

    /// Conditions on an alert, as routes have them; without any nothing opens incidents.
    public var open: [FieldCondition] = []
    /// Alerts with the same values of these belong together.
    public var join: [String] = ["rule"]
    /// How long after an incident was resolved an alert opens it again instead of another one. Nanoseconds.
    public var within: Int64 = 1_800_000_000_000
    public var required: [Required] = []

    public init() {}

    /// Reads `incidents`.
    public static func read(_ node: SettingsNode) throws(SettingsError) -> IncidentSettings {
        let map = try node.mapping(keys: ["open", "join", "within", "require"])
        var settings = IncidentSettings()
        for text in try map["open"].map(RuleReader.names) ?? [] {
            do throws(FieldConditionError) { settings.open.append(try FieldCondition(parsing: text)) } catch {
                throw node.error(.badValue, "\(error)")
            }
        }
        if let node = map["join"] { settings.join = try RuleReader.names(node) }
        if let node = map["within"] { settings.within = try RuleDuration.read(node) }
        for item in try map["require"]?.items() ?? [] { settings.required.append(try item.choice(Required.self)) }
        return settings
    }

    func opens(_ alert: SaidChange) -> Bool {
        !open.isEmpty && open.allSatisfy { $0.holds(alert.field($0.name).map { .string($0) }) }
    }

    /// The same for alerts that belong together.
    func fingerprint(_ alert: SaidChange) -> String {
        join.map { name in
            let value = alert.field(name) ?? ""
            return "\(name)=\(value.utf8.count):\(value)"
        }.joined(separator: ";")
    }
}
