public import VarveEvents
internal import VarveProjections

/// A node of the tree that says who is told of an alert.
public struct AlertRoute: Hashable, Sendable {
    /// All must hold: of `rule`, `severity`, `id`, and labels.
    public var matchers: [FieldCondition] = []
    /// Nil for always.
    public var hours: RouteHours?
    /// Nil for those of the node above.
    public var channels: [String]?
    public var escalation: [EscalationStep]?
    /// Whether the next nodes are looked at too when this one matches.
    public var goesOn = false
    public var routes: [AlertRoute] = []

    public init() {}

    func matches(_ alert: SaidChange, at time: Timestamp, in zone: String?) -> Bool {
        if let hours, !hours.contains(time, in: zone) { return false }
        return matchers.allSatisfy { $0.holds(alert.field($0.name).map { .string($0) }) }
    }
}

extension SaidChange {
    /// What matchers call `rule`, `severity` and `id`, or a label.
    func field(_ name: String) -> String? {
        switch name {
        case "rule": rule
        case "id": alertID
        case "severity": severity.rawValue
        case "alertname": isQuery ? self.name : rule
        default: labels[name] ?? ruleLabels[name]
        }
    }
}
