internal import VarveSettings

/// Who is told of an alert that nobody has taken on for so long.
public struct EscalationStep: Hashable, Sendable {
    /// Nanoseconds since it fired.
    public var after: Int64
    public var channels: [String]

    /// Reads a list of `{after: 15m, channels: [phone]}`.
    static func read(_ node: SettingsNode) throws(SettingsError) -> [EscalationStep] {
        var steps: [EscalationStep] = []
        for item in try node.items() {
            let map = try item.mapping(keys: ["after", "channels"])
            let after = try RuleDuration.read(try map.required("after"))
            guard after > 0, after > steps.last?.after ?? 0 else {
                throw try map.required("after").error(.badValue, "steps of an escalation come one after the other")
            }
            let channels = try RuleReader.names(try map.required("channels"))
            guard !channels.isEmpty else { throw item.error(.badValue, "a step of an escalation names channels") }
            steps.append(EscalationStep(after: after, channels: channels))
        }
        return steps
    }
}
