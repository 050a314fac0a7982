internal import VarveEvents
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
