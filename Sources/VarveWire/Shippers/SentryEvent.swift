internal import VarveEvents
internal import VarveHash

/// An error as Sentry's clients report it.
struct SentryEvent {
    private let tape: JSONTape

    init(_ tape: JSONTape) { self.tape = tape }

    enum Field: String, CaseIterable {
        case message, level, platform, environment, release, culprit, stack, fingerprint, handled, logger, sdk, url, method
        case exceptionType = "exception_type"
        case exceptionValue = "exception_value"
        case traceID = "trace_id"
        case spanID = "span_id"
        case parentID = "parent_id"
        case eventID = "event_id"
        case name, kind, status, op
        case duration = "duration_ms"
        case errors, sid

        var number: Int { Self.numbers[self] ?? 0 }
        private static let numbers = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
    }

    func read(into rows: inout DocumentRows) throws(DocumentFault) {
        rows.begin("error.reported", tape, at: tape.member(1, "timestamp"))
        if let id = tape.text(1, "event_id"), !id.isEmpty {
            rows.set(.id, id)
            rows.set(.eventID, text: id)
        }
        let exception = SentryException(tape, tape.member(1, "exception"))
        if let type = exception.type { rows.set(.exceptionType, text: type) }
        if let value = exception.value { rows.set(.exceptionValue, text: value) }
        if let isHandled = exception.isHandled { rows.set(.handled, .bool(isHandled)) }
        let stack = exception.stack
        if !stack.isEmpty { rows.set(.stack, .text(rows.arena.keep(stack))) }
        if let message = message(exception, rows.arena) { rows.set(.message, text: message) }
        rows.set(.fingerprint, .text(rows.arena.keep(fingerprint(exception))))
        rows.set(.level, text: tape.text(1, "level") ?? rows.arena.keep("error"))
        rows.setCommon(tape)
        if let transaction = tape.text(1, "transaction") ?? tape.text(1, "culprit") { rows.set(.culprit, text: transaction) }
        if let logger = tape.text(1, "logger") { rows.set(.logger, text: logger) }
        let request = tape.member(1, "request")
        if let url = tape.text(request, "url") { rows.set(.url, text: url) }
        if let method = tape.text(request, "method") { rows.set(.method, text: method) }
        let trace = tape.member(tape.member(1, "contexts"), "trace")
        if let id = tape.text(trace, "trace_id") { rows.set(.traceID, text: id) }
        if let id = tape.text(trace, "span_id") { rows.set(.spanID, text: id) }
        rows.flatten(tape, tape.member(1, "extra"), prefix: "extra.")
        try rows.end(tape, 1)
    }

    private func message(_ exception: SentryException, _ arena: TextArena) -> UnsafeRawBufferPointer? {
        let entry = tape.member(1, "logentry")
        let message = tape.member(1, "message")
        let own =
            tape.text(entry, "formatted") ?? tape.text(entry, "message") ?? tape.text(message) ?? tape.text(message, "formatted")
            ?? tape.text(message, "message")
        if let own, !own.isEmpty { return own }
        guard let type = exception.type else { return exception.value }
        return arena.keep(Array(type) + (exception.value.map { Array(": ".utf8) + Array($0) } ?? []))
    }

    /// What makes errors one: what the client says, else the type and the functions of the stack, else the message.
    private func fingerprint(_ exception: SentryException) -> [UInt8] {
        let own = tape.elements(tape.member(1, "fingerprint")).compactMap {
            tape.text($0).map { String(decoding: $0, as: UTF8.self) }
        }
        var parts = own.contains("{{ default }}") ? [] : own
        if parts.isEmpty { parts = own.filter { $0 != "{{ default }}" } + exception.parts }
        if parts.isEmpty {
            let text = tape.text(tape.member(1, "logentry"), "message") ?? tape.text(1, "message")
            parts = [text.map { String(decoding: $0, as: UTF8.self) } ?? ""]
        }
        let text = Array(parts.joined(separator: "\u{0}").utf8)
        return text.withUnsafeBytes { XXH3.hash128($0) }.digits
    }
}

/// The exceptions of an error, the one that was raised last at the end.
struct SentryException {
    private(set) var type: UnsafeRawBufferPointer?
    private(set) var value: UnsafeRawBufferPointer?
    private(set) var isHandled: Bool?
    /// As a person reads it.
    private(set) var stack = ""
    /// Type and functions.
    private(set) var parts: [String] = []
    private static let framesMax = 100
    /// A longer text would refuse the event.
    private static let stackMax = 48 << 10

    init(_ tape: JSONTape, _ member: Int?) {
        let listed = tape.elements(tape.member(member, "values"))
        let all = listed.isEmpty ? tape.elements(member) : listed
        for exception in all {
            (type, value) = (tape.text(exception, "type"), tape.text(exception, "value"))
            if let handled = tape.member(tape.member(exception, "mechanism"), "handled") {
                isHandled = tape.type(handled) == Tag.yes
            }
            let name = type.map { String(decoding: $0, as: UTF8.self) } ?? "Error"
            parts.append(name)
            if !stack.isEmpty { stack += "\n" }
            let frames = tape.elements(tape.member(tape.member(exception, "stacktrace"), "frames"))
            if frames.count > Self.framesMax { stack += "  … \(frames.count - Self.framesMax) frames\n" }
            for frame in frames.suffix(Self.framesMax) { add(tape, frame) }
            stack += name
            if let value { stack += ": " + String(decoding: value.prefix(4_096), as: UTF8.self) }
            stack += "\n"
        }
    }

    private mutating func add(_ tape: JSONTape, _ frame: Int) {
        guard stack.utf8.count < Self.stackMax else { return }
        func text(_ name: StaticString, _ most: Int = 300) -> String? {
            tape.text(frame, name).map { String(decoding: $0.prefix(most), as: UTF8.self) }
        }
        let function = text("function") ?? "?"
        parts.append((text("module") ?? text("filename") ?? "") + "." + function)
        let line = tape.member(frame, "lineno").flatMap { tape.type($0) == Tag.int64 ? tape.int64($0) : nil }
        stack += "  File \"\(text("abs_path") ?? text("filename") ?? "?")\""
        if let line { stack += ", line \(line)" }
        stack += ", in \(function)\n"
        if let code = text("context_line") {
            stack += "    " + code.drop { $0 == " " || $0 == "\t" } + "\n"
        }
    }
}

extension DocumentRows {
    mutating func set(_ field: SentryEvent.Field, _ value: Value) { set(field.number, value) }
    mutating func set(_ field: SentryEvent.Field, text: UnsafeRawBufferPointer) { set(field.number, text: text) }

    /// What all of Sentry's items may say of the program.
    mutating func setCommon(_ tape: JSONTape) {
        // All of them are looked through, for every span of a transaction again.
        for object in [1, tape.member(1, "user"), tape.member(1, "sdk")] {
            if let object, tape.type(object) == Tag.object { passed += tape.memberCount(object) }
        }
        for (field, name) in [
            (SentryEvent.Field.platform, "platform" as StaticString), (.environment, "environment"), (.release, "release"),
        ] {
            if let text = tape.text(1, name) { set(field, text: text) }
        }
        if let server = tape.text(1, "server_name") { set(.component, server) }
        let user = tape.member(1, "user")
        if let id = tape.text(user, "id") ?? tape.text(user, "username") { set(.user, id) }
        if let name = tape.text(tape.member(1, "sdk"), "name") { set(.sdk, text: name) }
        let tags = tape.member(1, "tags")
        flatten(tape, tags, prefix: "tags.")
        for pair in tape.elements(tags) {
            passed += 1
            let parts = tape.elements(pair)
            guard parts.count == 2, let name = tape.text(parts[0]), let value = value(tape, parts[1]) else { continue }
            let longer = Array("tags.".utf8) + name
            longer.withUnsafeBytes { attribute($0, value) }
        }
    }
}
