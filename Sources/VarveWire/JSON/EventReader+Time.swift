/// Events without `time`.
extension EventReader {
    /// Names under which other programs write the time, as `plainName`s.
    private static let timeNames: Set<String> = [
        "timestamp", "@timestamp", "date", "datetime", "time", "ts", "t", "eventtime", "createdat", "occurredat", "when",
    ]

    /// The refusal of an event without `time`. If another field looks like the time, the hint is a mapping that reads it.
    @inline(never)
    func lacksTime(_ tape: JSONTape, _ index: Int) -> Problem {
        var found: String?
        var parts: [String] = []
        let end = tape.after(index) - 1
        var at = index + 1
        while at < end {
            let name = String(decoding: tape.string(at).prefix(256), as: UTF8.self)
            let tag = tape.type(at + 1)
            at = tape.after(at + 1)
            if tag == Tag.null || name.utf8.contains(where: { $0 < 0x20 }) { continue }
            switch name {
            case "id", "signal", "tenant", "component": parts.append("\(name): \(name)")
            case "session_id", "session": parts.append("session: \(name)")
            case "user_id", "user": parts.append("user: \(name)")
            default:
                let isTime = tag == Tag.string || tag == Tag.int64 || tag == Tag.double
                if isTime, found == nil, Self.timeNames.contains(plainName(name)) { found = name }
            }
        }
        guard let found else { return Problem(.missingTime, "the event lacks \"time\"") }
        var quoted = JSONWriter()
        quoted.string(found)
        var mapping: [String] = ["time: {path: \(String(decoding: quoted.bytes, as: UTF8.self)), unit: auto}"]
        if !parts.contains("signal: signal") { mapping.append("signal: {constant: log.entry}") }
        mapping += parts
        let preset = found == "@timestamp" ? "--format ecs reads it, or " : ""
        return Problem(
            .missingTime, "the event lacks \"time\"; it has \"\(found)\"",
            hint: "\(preset)--map MAP.yaml with this line: {\(mapping.joined(separator: ", "))}")
    }
}
