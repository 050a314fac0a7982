internal import VarveEvents

/// The time.
extension EventReader {
    @inline(__always)
    func time(_ tape: JSONTape, _ index: Int) -> Int64? {
        switch tape.type(index) {
        case Tag.int64: clock.nanoseconds(tape.int64(index))
        case Tag.string: clock.nanoseconds(tape.string(index))
        default: nil
        }
    }

    /// A time that is neither an integer nor text, or is not plausible.
    @inline(never)
    mutating func otherTime(
        _ tape: JSONTape, _ index: Int, _ event: Int, _ token: Int
    ) -> Result<Int64, RecordTime.Failure> {
        let problem: Problem
        switch tape.type(index) {
        case Tag.int64: problem = clock.problem(tape.int64(index))
        case Tag.string: problem = clock.problem(tape.string(index))
        case Tag.double:
            guard let text = numbers.text(tape, index, root: event, token: token) else { fallthrough }
            if let time = clock.nanoseconds(number: text) { return .success(time) }
            problem = clock.problem(number: text)
        default:
            problem = Problem(.badTime, "\"time\" is \(Tag.name(tape.type(index))), not a number or RFC 3339 text")
        }
        return .failure(RecordTime.Failure(problem: problem))
    }
}

/// Events without `time`.
extension EventReader {
    /// Names under which other programs write the time, as `plainName`s.
    private static let timeNames: Set<String> = [
        "timestamp", "@timestamp", "date", "datetime", "time", "ts", "t", "eventtime", "createdat", "occurredat", "when",
        "@t", "asctime",
    ]

    /// The refusal of an event without `time`. If another field looks like the time, the hint is a mapping that reads it.
    @inline(never)
    func lacksTime(_ tape: JSONTape, _ index: Int) -> Problem {
        guard let found = fieldNames(tape, index).time else {
            return Problem(.missingTime, "the event lacks \"time\"", hint: listHint(tape, index))
        }
        let preset = found == "@timestamp" ? "--format ecs reads it, or " : ""
        return Problem(
            .missingTime, "the event lacks \"time\"; it has \"\(found)\"",
            hint: preset + mappingHint(tape, index, field: "time", path: found))
    }

    /// The hint for an object around a list of records, such as CloudTrail's.
    private func listHint(_ tape: JSONTape, _ index: Int) -> String? {
        let end = tape.after(index) - 1
        var at = index + 1
        while at < end {
            let value = at + 1
            if tape.type(value) == Tag.array, tape.memberCount(value) > 0, tape.type(value + 1) == Tag.object {
                let name = String(decoding: tape.string(at).prefix(64), as: UTF8.self)
                guard name.utf8.allSatisfy({ ($0 | 0x20) &- 0x61 < 26 || $0 == 0x5F }) else { return nil }
                return "its \"\(name)\" is a list of objects, which are lines after: jq -c '.\(name)[]' FILE | varve ingest -"
            }
            at = tape.after(value)
        }
        return nil
    }

    /// A mapping of the event in which `field` is read from `path`.
    func mappingHint(_ tape: JSONTape, _ index: Int, field: String, path: String) -> String {
        var parts = fieldNames(tape, index).parts
        if field == "time" {
            parts["time"] = "{path: \(Self.quoted(path)), unit: auto}"
        } else {
            parts["time"] = parts["time"].map { "{path: \($0), unit: auto}" }
            parts[field] = Self.quoted(path)
        }
        parts["signal"] = parts["signal"] ?? "{constant: log.entry}"
        let order = ["time", "signal", "id", "tenant", "component", "session", "user"]
        let lines = order.compactMap { name in parts[name].map { "\(name): \($0)" } }
        return "--map MAP.yaml with this line: {\(lines.joined(separator: ", "))}"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = JSONWriter()
        quoted.string(text)
        return String(decoding: quoted.bytes, as: UTF8.self)
    }

    /// The keys of the event that are fields of the envelope, by field, and the first other one that looks like the time.
    private func fieldNames(_ tape: JSONTape, _ index: Int) -> (parts: [String: String], time: String?) {
        var found: String?
        var parts: [String: String] = [:]
        let end = tape.after(index) - 1
        var at = index + 1
        while at < end {
            let name = String(decoding: tape.string(at).prefix(256), as: UTF8.self)
            let tag = tape.type(at + 1)
            at = tape.after(at + 1)
            if tag == Tag.null || name.utf8.contains(where: { $0 < 0x20 }) { continue }
            switch name {
            case "id", "signal", "tenant", "component": parts[name] = name
            case "session_id", "session": parts["session"] = name
            case "user_id", "user": parts["user"] = name
            case "time", "ts": parts["time"] = name
            default:
                let isTime = tag == Tag.string || tag == Tag.int64 || tag == Tag.double
                if isTime, found == nil, Self.timeNames.contains(plainName(name)) { found = name }
            }
        }
        return (parts, found)
    }
}
