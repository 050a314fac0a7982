internal import VarveEvents
internal import VarveProjections
internal import VarveWire

// What chats take.
extension MessageBodies {
    /// Microsoft Teams: a card for a workflow's webhook. Resolved is good.
    static func teams(_ notice: AlertNotice) -> String {
        let color =
            notice.status == .resolved
            ? "good" : notice.severity == .critical ? "attention" : notice.severity == .warning ? "warning" : "accent"
        var title = JSONLine()
        title.field("type", "TextBlock")
        title.field("text", String(notice.title.prefix(400)))
        title.field("size", "medium")
        title.field("weight", "bolder")
        title.field("color", color)
        title.field("wrap", true)
        var text = JSONLine()
        text.field("type", "TextBlock")
        // One line break alone is none in a card.
        text.field("text", String(notice.text.replacing("\n", with: "\n\n").prefix(8_000)))
        text.field("wrap", true)
        var facts = JSONLine()
        facts.field("type", "FactSet")
        facts.field(
            "facts",
            json: JSONLine.array(
                chatFields(notice).map { pair in
                    var fact = JSONLine()
                    fact.field("title", pair.name)
                    fact.field("value", pair.value)
                    return fact.text
                }))
        var card = JSONLine()
        card.field("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
        card.field("type", "AdaptiveCard")
        card.field("version", "1.4")
        card.field("body", json: JSONLine.array([title.text, text.text, facts.text]))
        if let dashboard = notice.dashboard {
            var action = JSONLine()
            action.field("type", "Action.OpenUrl")
            action.field("title", "Dashboard")
            action.field("url", dashboard)
            card.field("actions", json: JSONLine.array([action.text]))
        }
        var attachment = JSONLine()
        attachment.field("contentType", "application/vnd.microsoft.card.adaptive")
        attachment.field("content", json: card.text)
        var line = JSONLine()
        line.field("type", "message")
        line.field("attachments", json: JSONLine.array([attachment.text]))
        return line.text
    }

    /// Discord: an embed. Nobody is mentioned, whatever the text says.
    static func discord(_ notice: AlertNotice) -> String {
        let color =
            notice.status == .resolved
            ? 0x2E_B8_86 : notice.severity == .critical ? 0xA3_02_00 : notice.severity == .warning ? 0xDA_A0_38 : 0x43_9F_E0
        var embed = JSONLine()
        embed.field("title", String(notice.title.prefix(256)))
        embed.field("description", String(notice.text.prefix(4_000)))
        if let dashboard = notice.dashboard { embed.field("url", dashboard) }
        embed.field("color", color)
        embed.field("timestamp", notice.at.text)
        embed.field(
            "fields",
            json: JSONLine.array(
                chatFields(notice).map { pair in
                    var field = JSONLine()
                    field.field("name", pair.name)
                    field.field("value", String(pair.value.prefix(1_024)))
                    field.field("inline", true)
                    return field.text
                }))
        var mentions = JSONLine()
        mentions.field("parse", json: "[]")
        var line = JSONLine()
        line.field("username", "Varve")
        line.field("embeds", json: JSONLine.array([embed.text]))
        line.field("allowed_mentions", json: mentions.text)
        return line.text
    }

    /// ntfy: a message of a topic.
    static func ntfy(_ notice: AlertNotice, topic: String) -> String {
        let isOver = notice.status == .resolved
        var line = JSONLine()
        line.field("topic", topic)
        line.field("title", String(notice.title.prefix(250)))
        // A message of more than 4,096 bytes becomes an attachment.
        line.field("message", String(notice.text.prefix(1_000)))
        line.field("priority", isOver ? 3 : notice.severity == .critical ? 5 : notice.severity == .warning ? 4 : 3)
        line.field("tags", json: JSONLine.array([JSONLine.string(isOver ? "white_check_mark" : "rotating_light")]))
        if let dashboard = notice.dashboard { line.field("click", dashboard) }
        return line.text
    }

    private static func chatFields(_ notice: AlertNotice) -> Pairs {
        guard let first = notice.first else { return [] }
        var pairs: Pairs = [("Rule", first.rule), ("Severity", notice.severity.rawValue), ("Time", notice.at.text)]
        if let playbook = first.playbook { pairs.append(("Playbook", playbook)) }
        return pairs
    }
}
