internal import VarveEvents
internal import VarveLog
internal import VarveProjections
public import VarveViews
internal import VarveWire

extension AnswerEnvelope {
    /// The members for an ad hoc query: it is not stored, and therefore never frozen.
    public static func members(_ answer: QueryAnswer) -> String {
        var line = JSONLine()
        line.field("view", answer.definition.name)
        line.field("version", answer.definition.version)
        line.field("offset", answer.upTo.value)
        line.field("time", answer.time.map { RFC3339.text($0) })
        line.field("durable", answer.durable.value)
        line.field("behind_events", answer.behindEvents)
        line.field("frozen", false)
        line.field("kept_by", nil as String?)
        line.field("from", answer.request.from.map { RFC3339.text($0) })
        line.field("to", answer.request.to.map { RFC3339.text($0) })
        line.field("range_as_asked", true)
        line.field("complete_from", answer.from.value)
        let gaps = answer.damaged.filter { !$0.offsets.isEmpty }.map { range in
            var gap = JSONLine()
            gap.field("first", range.offsets.lowerBound)
            gap.field("end", range.offsets.upperBound)
            gap.field("reason", range.reason)
            return gap.text
        }
        line.field("gaps", json: "[" + gaps.joined(separator: ",") + "]")
        return String(line.text.dropFirst().dropLast())
    }
}
