internal import VarveEvents

/// Messages of Fluentd's forward protocol, one behind the other, in all four modes:
///
///     [tag, time, record, option?]            [tag, [[time, record], …], option?]
///     [tag, bytes of entries, option?]        the same with {"compressed": "gzip"}
///
/// A record becomes a `log.entry` with the tag, what the record calls `message`, `log` or `msg`, and its other fields; fields of
/// maps inside it have the names around theirs, with points. A message that is none is refused alone.
struct FluentForward {
    static let fields = ["message", "level", "tag"]
    private static let messages: Set<String> = ["message", "log", "msg", "MESSAGE"]
    private static let levels: Set<String> = ["level", "severity", "lvl", "log_level"]
    private static let components: Set<String> = ["service", "service_name", "app", "container_name"]
    /// What the entries of all messages together may still unpack to.
    private var unpackedLeft = WireLimits.documentBytes

    mutating func read(_ document: UnsafeRawBufferPointer, into rows: inout DocumentRows) throws(DocumentFault) {
        var reader = MessagePackReader(document)
        while !reader.isAtEnd {
            let start = reader.at
            try reader.skip()
            let message = UnsafeRawBufferPointer(rebasing: document[start..<reader.at])
            do throws(DocumentFault) {
                var inner = MessagePackReader(message)
                try readMessage(&inner, &rows)
            } catch {
                // The others are not its fault; what stood in it before the mistake is taken.
                let head = UnsafeRawBufferPointer(rebasing: message.prefix(WireLimits.documentHeadBytes))
                rows.refuse(error.problem, head, offset: start)
            }
        }
    }

    private mutating func readMessage(_ reader: inout MessagePackReader, _ rows: inout DocumentRows) throws(DocumentFault) {
        guard case .array(let count) = try reader.next(), (2...4).contains(count) else { throw Self.wrong }
        guard let tag = Self.bytes(try reader.next()) else { throw Self.wrong }
        let second = try reader.next()
        switch second {
        case .array(let entries):
            guard count <= 3 else { throw Self.wrong }
            for _ in 0..<entries { try readEntry(&reader, tag, &rows) }
            if count == 3 { try reader.skip() }
        case .text(let packed), .data(let packed):
            guard count <= 3 else { throw Self.wrong }
            let isPacked = count == 3 ? try Self.option("compressed", &reader) != nil : false
            var entries = MessagePackReader(isPacked ? try unpack(packed, &rows) : packed)
            while !entries.isAtEnd { try readEntry(&entries, tag, &rows) }
        default:
            guard count >= 3 else { throw Self.wrong }
            try readRecord(&reader, tag, Self.moment(second), &rows)
            if count == 4 { try reader.skip() }
        }
    }

    private static let wrong = DocumentFault(
        .wrongType, "a message is a list of a tag, and a time with a record, or a list of those, or its bytes")

    private static func bytes(_ value: MessagePackReader.Value) -> UnsafeRawBufferPointer? {
        switch value {
        case .text(let bytes), .data(let bytes): bytes
        default: nil
        }
    }

    private mutating func unpack(
        _ packed: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) -> UnsafeRawBufferPointer {
        do throws(InputError) {
            let bytes = try PackedBytes.unpack(packed, .gzip, most: unpackedLeft)
            unpackedLeft -= bytes.count
            return rows.kept.keep(bytes)
        } catch {
            throw DocumentFault(.syntax, "the entries cannot be unpacked: \(error.message)")
        }
    }

    /// A text of the options, which are a map; they are consumed.
    private static func option(_ name: String, _ reader: inout MessagePackReader) throws(DocumentFault) -> String? {
        switch try reader.next() {
        case .null: return nil
        case .map(let count):
            var found: String?
            for _ in 0..<count {
                let key = bytes(try reader.next()).map { String(decoding: $0, as: UTF8.self) }
                if key == name {
                    found = bytes(try reader.next()).map { String(decoding: $0, as: UTF8.self) }
                } else {
                    try reader.skip()
                }
            }
            return found
        default: throw wrong
        }
    }

    /// `[time, record]`, or `[[time, metadata], record]` as Fluent Bit writes it.
    private func readEntry(
        _ reader: inout MessagePackReader, _ tag: UnsafeRawBufferPointer, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        guard case .array(2) = try reader.next() else {
            throw DocumentFault(.wrongType, "an entry is a list of a time and a record")
        }
        var time = try reader.next()
        if case .array(let count) = time {
            guard count >= 1 else { throw Self.wrong }
            time = try reader.next()
            for _ in 1..<count { try reader.skip() }
        }
        try readRecord(&reader, tag, Self.moment(time), &rows)
    }

    /// Nanoseconds; nil for what is no time, and for 0.
    private static func moment(_ value: MessagePackReader.Value) -> Int64? {
        switch value {
        case .int64(let seconds): return seconds == 0 ? nil : EventClock.sum(seconds, 0)
        case .double(let seconds):
            let microseconds = (seconds * 1_000_000).rounded()
            return Int64(exactly: microseconds).flatMap { EventClock.sum($0 / 1_000_000, $0 % 1_000_000 * 1_000) }
        case .other(type: 0, let bytes) where bytes.count == 8:
            let all = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
            return EventClock.sum(Int64(all >> 32), Int64(all & 0xFFFF_FFFF))
        default: return nil
        }
    }

    private func readRecord(
        _ reader: inout MessagePackReader, _ tag: UnsafeRawBufferPointer, _ time: Int64?, _ rows: inout DocumentRows
    ) throws(DocumentFault) {
        rows.begin("log.entry", time: time ?? rows.clock.now)
        rows.set(2, text: tag)
        guard case .map(let count) = try reader.next() else { throw DocumentFault(.notAnObject, "a record is a map") }
        var path: [UInt8] = []
        var hasMessage = false
        for _ in 0..<count {
            let key = try Self.key(&reader)
            let name = String(decoding: key, as: UTF8.self)
            let value = try FluentValue.read(&reader, rows.arena)
            if Self.messages.contains(name), !hasMessage, case .text(let text)? = value, isUTF8(text) {
                hasMessage = true
                rows.set(0, .text(text))
            } else if Self.levels.contains(name), case .text(let text)? = value, isUTF8(text) {
                rows.set(1, .text(rows.arena.keep(String(decoding: text, as: UTF8.self).lowercased())))
            } else {
                if Self.components.contains(name), case .text(let text)? = value { rows.set(.component, text) }
                path.removeAll(keepingCapacity: true)
                path += key
                try FluentValue.set(value, &reader, &path, &rows, depth: 1)
            }
        }
        rows.set(.component, tag)
        try rows.end(tag)
    }

    static func key(_ reader: inout MessagePackReader) throws(DocumentFault) -> [UInt8] {
        switch try reader.next() {
        case .text(let text), .data(let text): return Array(text)
        case .int64(let number): return Array("\(number)".utf8)
        case .bool(let flag): return Array("\(flag)".utf8)
        default: throw DocumentFault(.wrongType, "the key of a map is no text")
        }
    }

    /// The chunk that a message wants acknowledged; nil for none, and for what is no message.
    static func chunk(of message: UnsafeRawBufferPointer) -> String? {
        var reader = MessagePackReader(message)
        guard case .array(let count)? = try? reader.next(), (try? reader.skip()) != nil else { return nil }
        switch try? reader.next() {
        case .array(let entries)?:
            guard count == 3 else { return nil }
            for _ in 0..<entries { guard (try? reader.skip()) != nil else { return nil } }
        case .text?, .data?: guard count == 3 else { return nil }
        case nil: return nil
        default: guard count == 4, (try? reader.skip()) != nil else { return nil }
        }
        return (try? option("chunk", &reader)) ?? nil
    }
}
