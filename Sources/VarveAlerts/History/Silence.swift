public import VarveEvents
internal import VarveProjections
internal import VarveWire

/// For a time nobody is told of alerts that match. Rules are evaluated all the same.
public struct Silence: Hashable, Sendable {
    public var id: String
    /// All must hold: of `rule`, `severity`, `id` and labels.
    public var matchers: [FieldCondition]
    public var from: Timestamp
    public var to: Timestamp
    public var by: String
    public var comment: String

    public init(id: String, matchers: [FieldCondition], from: Timestamp, to: Timestamp, by: String, comment: String) {
        self.id = id
        self.matchers = matchers
        self.from = from
        self.to = to
        self.by = by
        self.comment = comment
    }

    /// Whether it is in force at `time`.
    public func isActive(at time: Timestamp) -> Bool { from <= time && time < to }

    /// Whether it is about an alert.
    public func matches(id: String, rule: String, severity: AlertSeverity, labels: AlertLabels) -> Bool {
        matchers.allSatisfy { matcher in
            let value: String? =
                switch matcher.name {
                case "rule": rule
                case "severity": severity.rawValue
                case "id": id
                default: labels[matcher.name]
                }
            return matcher.holds(value.map { .string($0) })
        }
    }

    var matcherTexts: [String] {
        matchers.map { matcher in
            switch matcher.operand {
            case .absent: matcher.field + matcher.comparison.rawValue
            case .word(let text), .text(let text):
                matcher.field + matcher.comparison.rawValue + "\""
                    + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
            }
        }
    }

    func event(at time: Timestamp) -> Event {
        let attributes: [Attribute] = [
            Attribute("by", .string(by)), Attribute("comment", .string(comment)), Attribute("engine", .string("varve")),
            Attribute("from", .string(from.text)),
            Attribute("matchers", .json(JSONLine.array(matcherTexts.map(JSONLine.string)))),
            Attribute("silence", .string(id)), Attribute("to", .string(to.text)),
        ]
        return Event(time: time, signal: AlertSignals.silenced, id: "varve-silence:\(id)", attributes: attributes)
    }

    init?(_ event: Event) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name] { text } else { nil }
        }
        guard text("engine") == "varve", let id = text("silence"), let from = text("from").flatMap({ MomentText($0)?.timestamp }),
            let to = text("to").flatMap({ MomentText($0)?.timestamp }), case .json(let json)? = event[attribute: "matchers"]
        else { return nil }
        self.init(
            id: id, matchers: PlainStrings.list(json).compactMap { try? FieldCondition(parsing: $0) }, from: from, to: to,
            by: text("by") ?? "", comment: text("comment") ?? "")
    }

    /// `{id, matchers, from, to, by, comment, state}`.
    public func json(at time: Timestamp) -> String {
        var line = JSONLine()
        line.field("id", id)
        line.field("matchers", json: JSONLine.array(matcherTexts.map(JSONLine.string)))
        line.field("from", from.text)
        line.field("to", to.text)
        line.field("by", by)
        line.field("comment", comment)
        line.field("state", isActive(at: time) ? "active" : time < from ? "pending" : "expired")
        return line.text
    }
}
