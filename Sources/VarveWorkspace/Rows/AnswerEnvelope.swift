internal import VarveEvents
internal import VarveLog
internal import VarveProjections
public import VarveViews
internal import VarveWire

/// Everything in an answer except its rows, as members of a JSON object.
public enum AnswerEnvelope {
    /// The members without braces: `"view":"volume","version":1,…`.
    public static func members(_ answer: ViewAnswer) -> String {
        var writer = JSONWriter()
        func add(_ name: String, text: String?) {
            begin(name)
            if let text { writer.string(text) } else { writer.raw("null") }
        }
        func add(_ name: String, json: String) {
            begin(name)
            writer.raw(json)
        }
        func begin(_ name: String) {
            if !writer.bytes.isEmpty { writer.raw(",") }
            writer.string(name)
            writer.raw(":")
        }
        add("view", text: answer.view)
        add("version", json: "\(answer.version)")
        add("offset", json: "\(answer.offset.value)")
        add("time", text: answer.time.map { RFC3339.text($0) })
        add("durable", json: "\(answer.durable.value)")
        add("behind_events", json: "\(answer.behindEvents)")
        add("frozen", json: answer.isFrozen ? "true" : "false")
        add("kept_by", text: answer.keptBy)
        add("from", text: answer.from.map { answer.zone.text($0) })
        add("to", text: answer.to.map { answer.zone.text($0) })
        add("range_as_asked", json: answer.isOtherRange ? "false" : "true")
        add("complete_from", json: "\(answer.completeFrom.value)")
        add("gaps", json: "[" + answer.gaps.map(gap).joined(separator: ",") + "]")
        add("folded_into_other", json: "\(answer.folded)")
        add("left_out", json: counts(answer.leftOut))
        add("rows_dropped", json: "\(answer.rowsDropped)")
        add("late_unapplied", json: "\(answer.lateUnapplied)")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The same members for an ad hoc query: it is not stored, and therefore never frozen.
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
        line.field("gaps", json: JSONLine.array(gaps))
        return String(line.text.dropFirst().dropLast())
    }

    private static func gap(_ gap: Gap) -> String {
        var writer = JSONWriter()
        writer.raw("{\"first\":\(gap.offsets.lowerBound),\"end\":\(gap.offsets.upperBound),\"reason\":")
        writer.string(gap.reason)
        writer.raw("}")
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    private static func counts(_ counts: [NamedCount]) -> String {
        var writer = JSONWriter()
        writer.raw("{")
        for (index, count) in counts.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.string(count.name)
            writer.raw(":\(count.count)")
        }
        writer.raw("}")
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
