internal import VarveEvents
internal import VarveHash

/// CloudEvents 1.0 as JSON: one event, or a list of them. The event's `type` is the signal, `source` and `id` together its id.
struct CloudEvents {
    private static let known: Set<String> = [
        "specversion", "id", "type", "time", "data", "data_base64", "source", "traceparent",
    ]

    func read(_ tape: JSONTape, into rows: inout DocumentRows) throws(DocumentFault) {
        switch tape.type(1) {
        case Tag.object: try readEvent(tape, 1, &rows)
        case Tag.array: for event in tape.elements(1) { try readEvent(tape, event, &rows) }
        default: throw DocumentFault(.notAnObject, "the document is \(Tag.name(tape.type(1))), not an event or a list of events")
        }
    }

    private func readEvent(_ tape: JSONTape, _ event: Int, _ rows: inout DocumentRows) throws(DocumentFault) {
        let (id, source) = (tape.text(event, "id"), tape.text(event, "source"))
        rows.begin("cloudevent", tape, at: tape.member(event, "time"))
        if let problem = problem(tape, event) { rows.refuse(problem) }
        if let type = tape.text(event, "type") { rows.set(signal: type) }
        if let id, let source {
            rows.set(.id, Self.id(source, id, rows.arena))
            rows.set(.component, source)
        }
        if let parent = tape.text(event, "traceparent") { readParent(parent, &rows) }
        let data = tape.member(event, "data")
        if let data, tape.type(data) == Tag.object {
            rows.flatten(tape, data)
        } else if let data, let value = rows.value(tape, data) {
            rows.set(0, value)
        } else if let text = tape.text(event, "data_base64") {
            rows.set(1, text: text)
        }
        rows.flatten(tape, event, prefix: "ce.", without: Self.known)
        try rows.end(tape, event)
    }

    private func problem(_ tape: JSONTape, _ event: Int) -> Problem? {
        guard tape.type(event) == Tag.object else { return Problem(.notAnObject, "an event is an object") }
        guard let version = tape.text(event, "specversion"), version.elementsEqual("1.0".utf8) else {
            return Problem(.badField, "specversion is not 1.0")
        }
        for name in ["id", "source", "type"] as [StaticString] where tape.text(event, name)?.isEmpty ?? true {
            return Problem(.badField, "an event has a \(name) that is a text and not empty")
        }
        let both = tape.member(event, "data") != nil && tape.member(event, "data_base64") != nil
        return both ? Problem(.badField, "an event has data or data_base64, not both") : nil
    }

    /// Source and id, as they are where they are short.
    private static func id(
        _ source: UnsafeRawBufferPointer, _ id: UnsafeRawBufferPointer, _ arena: TextArena
    ) -> UnsafeRawBufferPointer {
        let both = Array(source) + [0x20] + id
        guard both.count > EventLimits.idBytes else { return arena.keep(both) }
        return arena.keep(both.withUnsafeBytes { XXH3.hash128($0) }.digits)
    }

    /// `00-TRACE-SPAN-01`
    private func readParent(_ text: UnsafeRawBufferPointer, _ rows: inout DocumentRows) {
        guard text.count >= 55, text[2] == 0x2D, text[35] == 0x2D, text[52] == 0x2D else { return }
        let (trace, span) = (UnsafeRawBufferPointer(rebasing: text[3..<35]), UnsafeRawBufferPointer(rebasing: text[36..<52]))
        guard trace.allSatisfy({ hexDigit($0) != nil }), span.allSatisfy({ hexDigit($0) != nil }) else { return }
        rows.set(2, .text(trace))
        rows.set(3, .text(span))
    }

    /// Names of the fields that are set by their number.
    static let fields = ["data", "data_base64", "trace_id", "span_id"]
}
