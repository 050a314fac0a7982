internal import VarveEvents
internal import VarveProjections
internal import VarveWire

extension AlertRule {
    /// As commands and the server show it: the documents' fields, and what the condition comes to.
    public var json: String {
        var line = JSONLine()
        line.field("id", id)
        line.field("name", name)
        line.field("condition", conditionText)
        line.field("view", source.view)
        line.field("column", source.column)
        line.field("by", json: JSONLine.array(source.by.map(JSONLine.string)))
        line.field("threshold", test.threshold)
        line.field("every", source.step / 1_000_000_000)
        line.field("duration", hold / 1_000_000_000)
        line.field("keep_firing_for", keep / 1_000_000_000)
        line.field("no_data", noData.rawValue)
        line.field("severity", severity.rawValue)
        line.field("channels", json: JSONLine.array(channels.map(JSONLine.string)))
        line.field("enabled", isEnabled)
        line.field("version", version)
        line.field("origin", origin)
        line.field("playbook", playbook)
        return line.text
    }
}

extension AlertEpisode {
    /// As the contract has it.
    public func json(offset: UInt64) -> String {
        var line = JSONLine()
        line.field("rule", rule.id)
        line.field("labels", json: labels.json)
        line.field("severity", rule.severity.rawValue)
        line.field("pending_at", pendingAt.text)
        line.field("firing_at", firingAt?.text)
        line.field("resolved_at", resolvedAt?.text)
        line.field("peak", peak)
        line.field("threshold", threshold)
        line.field("offset", offset)
        return line.text
    }
}
