internal import CSimdjson
internal import VarveEvents

/// Graylog's GELF 1.1: JSON objects, each ended by a NUL byte as over TCP, or by a newline where there is no NUL. A message
/// becomes a `log.entry`; its own fields lose the `_` before their names.
struct GELFMessages {
    private let parser = JSONParser(capacity: WireLimits.bulkBytes + 2, depth: WireLimits.jsonDepth + 1)

    static let fields = ["message", "level", "host", "full_message"]
    private static let levels = ["emerg", "alert", "crit", "error", "warn", "notice", "info", "debug"]
    private static let components: [StaticString] = ["_service", "_app", "_application", "_application_name", "facility", "host"]

    func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        let end: UInt8 = document.contains(0) ? 0 : 0x0A
        var at = 0
        while at < document.count {
            let rest = UnsafeRawBufferPointer(rebasing: document[at...])
            let message = UnsafeRawBufferPointer(rebasing: rest[..<(rest.firstIndex(of: end) ?? rest.count)])
            if message.contains(where: { $0 > 0x20 }) { try readMessage(message, offset: at, &rows) }
            at += message.count + 1
        }
    }

    private func readMessage(
        _ message: UnsafeRawBufferPointer, offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        guard message.count <= WireLimits.lineBytes, let base = message.baseAddress else {
            return rows.refuse(Problem(.lineTooLong, "the message has \(message.count) bytes"), message, offset: offset)
        }
        let large =
            message.count > WireLimits.bulkBytes ? JSONParser(capacity: message.count, depth: WireLimits.jsonDepth + 1) : parser
        guard let large else { throw DocumentFault(.lineTooLong, "no memory to parse a message of \(message.count) bytes") }
        let error = large.parse(base.assumingMemoryBound(to: UInt8.self), count: message.count)
        guard error == VARVE_JSON_OK else {
            return rows.refuse(JSONFault(message).problem(error, isTail: false), message, offset: offset)
        }
        let tape = large.tape
        guard tape.type(1) == Tag.object else {
            let what = "a message is an object, not \(Tag.name(tape.type(1)))"
            return rows.refuse(Problem(.notAnObject, what), message, offset: offset)
        }
        try withExtendedLifetime(large) { () throws(DocumentFault) in try write(tape, message, offset: offset, &rows) }
    }

    private func write(
        _ tape: JSONTape, _ message: UnsafeRawBufferPointer, offset: Int, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        rows.begin("log.entry", tape, at: tape.member(1, "timestamp"))
        let short = tape.text(1, "short_message") ?? tape.text(1, "message")
        if let short, !short.isEmpty {
            rows.set(0, text: short)
        } else {
            rows.refuse(Problem(.badField, "the message has no short_message"))
        }
        if let text = tape.text(1, "full_message") { rows.set(3, text: text) }
        if let host = tape.text(1, "host") { rows.set(2, text: host) }
        if let level = level(tape, rows.arena) { rows.set(1, .text(level)) }
        for name in Self.components { if let text = tape.text(1, name) { rows.set(.component, text) } }
        var members: [(name: UnsafeRawBufferPointer, value: Int)] = []
        tape.forEachMember(1) { members.append(($0, $1)) }
        for (name, value) in members {
            let own = name.first == 0x5F ? UnsafeRawBufferPointer(rebasing: name.dropFirst()) : name
            guard !own.isEmpty, name.first == 0x5F || !Self.known.contains(String(decoding: name, as: UTF8.self)) else {
                continue
            }
            if let value = rows.value(tape, value) { rows.attribute(own, value, prefix: "gelf.") }
        }
        try rows.end(message, offset: offset)
    }

    private static let known: Set<String> = [
        "version", "host", "short_message", "message", "full_message", "timestamp", "level",
    ]

    /// The name of a level of syslog's, which may also be a text.
    private func level(_ tape: JSONTape, _ arena: TextArena) -> UnsafeRawBufferPointer? {
        guard let index = tape.member(1, "level") else { return nil }
        var number: Int64?
        switch tape.type(index) {
        case Tag.int64: number = tape.int64(index)
        case Tag.double: number = Int64(exactly: tape.double(index))
        case Tag.string:
            let text = String(decoding: tape.string(index).prefix(64), as: UTF8.self)
            guard let digit = Int64(text) else { return arena.keep(text.lowercased()) }
            number = digit
        default: break
        }
        guard let number, (0...7).contains(number) else { return nil }
        return arena.keep(Self.levels[Int(number)])
    }
}
