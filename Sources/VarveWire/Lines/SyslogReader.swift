/// Reads syslog, RFC 5424 and the older format of RFC 3164:
///
///     <165>1 2026-03-01T10:00:00.003Z host app 1234 ID47 [origin ip="1.2.3.4"] text
///     <34>Oct 11 22:14:15 host su[230]: text          Oct 11 22:14:15 host su[230]: text
///     <34>Oct 11 22:14:15 su[230]: text               2026-03-01T10:00:00+00:00 heroku[router]: text
///
/// Fields: `pri`, `facility`, `severity` (numbers), `time`, `host`, `app`, `procid`, `msgid`, `message`, and `ID.NAME` for
/// structured data. A length before the message, as on TCP (RFC 6587), is skipped; `SyslogFrame` has its meaning.
struct SyslogReader: FieldReader {
    /// The time of messages that have none; nil refuses them.
    private let anyAt: [UInt8]?

    init(anyAt: String? = nil) { self.anyAt = anyAt.map { Array($0.utf8) } }

    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        var scan = SyslogScan(line)
        scan.skipLength()
        let pri = scan.pri()
        if let pri {
            record.set("pri", .int64(pri))
            record.set("facility", .int64(pri / 8))
            record.set("severity", .int64(pri % 8))
        }
        if pri != nil, scan.takes([0x31, 0x20]) { return readNew(&scan, &record) }
        guard let time = scan.oldTime() else {
            if let anyAt {
                record.set("time", .text(record.arena.keep(anyAt)))
                record.set("message", FieldValue(text: scan.rest()))
                return .fields
            }
            return .refused(Self.problem(pri == nil ? "it has neither <PRI> nor a time" : "no time stands behind <PRI>"))
        }
        record.set("time", .text(time))
        if let tag = scan.onlyTag() {
            record.set("app", FieldValue(text: tag.app))
            if let process = tag.process { record.set("procid", FieldValue(text: process)) }
            record.set("message", FieldValue(text: scan.rest()))
            return .fields
        }
        guard let host = scan.word(), !host.isEmpty else { return .refused(Self.problem("the host is missing")) }
        record.set("host", FieldValue(text: host))
        if let tag = scan.tag() {
            record.set("app", FieldValue(text: tag.app))
            if let process = tag.process { record.set("procid", FieldValue(text: process)) }
        }
        record.set("message", FieldValue(text: scan.rest()))
        return .fields
    }

    private func readNew(_ scan: inout SyslogScan, _ record: inout FieldRecord) -> FieldReading {
        if let anyAt { record.set("time", .text(record.arena.keep(anyAt))) }
        for name in ["time", "host", "app", "procid", "msgid"] as [StaticString] {
            guard let word = scan.word(), !word.isEmpty else { return .refused(Self.problem("\(name) is missing")) }
            let isNone = word.count == 1 && word[0] == 0x2D
            if !isNone || anyAt == nil { record.set(name, isNone ? .absent : .text(word)) }
        }
        if let fault = scan.structuredData(&record) { return .refused(Self.problem(fault)) }
        record.set("message", FieldValue(text: scan.rest()))
        return .fields
    }

    private static func problem(_ what: String) -> Problem {
        Problem(.syntax, "the line is no syslog: \(what)")
    }
}

/// A cursor over one line.
struct SyslogScan {
    private let line: UnsafeRawBufferPointer
    private let end: Int
    private var at = 0

    init(_ line: UnsafeRawBufferPointer) {
        self.line = line
        end = line.last == 0x0D ? line.count - 1 : line.count
    }

    private func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: line[range]) }

    /// `123 <34>…`
    mutating func skipLength() {
        var index = 0
        while index < end, index < 7, line[index] &- 0x30 < 10 { index += 1 }
        if index > 0, index + 1 < end, line[index] == 0x20, line[index + 1] == 0x3C { at = index + 1 }
    }

    mutating func pri() -> Int64? {
        guard at < end, line[at] == 0x3C else { return nil }
        var index = at + 1
        var value: Int64 = 0
        while index < end, index - at <= 3, line[index] &- 0x30 < 10 {
            value = value * 10 + Int64(line[index] - 0x30)
            index += 1
        }
        guard index > at + 1, index < end, line[index] == 0x3E, value <= 191 else { return nil }
        at = index + 1
        return value
    }

    mutating func takes(_ bytes: [UInt8]) -> Bool {
        guard end - at >= bytes.count, line[at..<(at + bytes.count)].elementsEqual(bytes) else { return false }
        at += bytes.count
        return true
    }

    /// `Oct 11 22:14:15`, or a time with a year, as newer programs write it.
    mutating func oldTime() -> UnsafeRawBufferPointer? {
        let start = at
        if at < end, line[at] &- 0x30 < 10 {
            guard let word = word(), word.count >= 19 else {
                at = start
                return nil
            }
            return word
        }
        guard end - at >= 15, line[at + 3] == 0x20, line[at + 6] == 0x20, line[at + 9] == 0x3A, line[at + 12] == 0x3A
        else { return nil }
        at += 15
        // Variants by Cisco and others: `Oct 11 22:14:15.123` and `Oct 11 22:14:15 2026`
        if at < end, line[at] == 0x2E {
            at += 1
            while at < end, line[at] &- 0x30 < 10 { at += 1 }
        }
        guard at < end, line[at] == 0x20 else { return nil }
        let text = slice(start..<at)
        at += 1
        return text
    }

    /// The text up to the next blank, which is consumed.
    mutating func word() -> UnsafeRawBufferPointer? {
        guard at < end else { return nil }
        let start = at
        while at < end, line[at] != 0x20 { at += 1 }
        let word = slice(start..<at)
        if at < end { at += 1 }
        return word
    }

    /// The tag of a message without a host. An address with a colon is a host, and so is a word before a
    /// `%TAG:`, as Cisco's routers write it.
    mutating func onlyTag() -> (app: UnsafeRawBufferPointer, process: UnsafeRawBufferPointer?)? {
        let start = at
        let stop = line[at..<end].firstIndex(of: 0x20) ?? end
        guard stop > at, line[stop - 1] == 0x3A, !HostText.isAddress(line, at..<(stop - 1)), let tag = tag(),
            at == end || line[at - 1] == 0x20 && line[at] != 0x25
        else {
            at = start
            return nil
        }
        return tag
    }

    /// `su[230]:` or `su:`
    mutating func tag() -> (app: UnsafeRawBufferPointer, process: UnsafeRawBufferPointer?)? {
        var index = at
        while index < end, index - at < 64, line[index] > 0x20, line[index] != 0x5B, line[index] != 0x3A { index += 1 }
        guard index > at, index < end else { return nil }
        let app = slice(at..<index)
        var process: UnsafeRawBufferPointer?
        if line[index] == 0x5B {
            let start = index + 1
            while index < end, line[index] != 0x5D { index += 1 }
            guard index < end else { return nil }
            process = slice(start..<index)
            index += 1
        }
        guard index < end, line[index] == 0x3A else { return nil }
        at = index + 1
        while at < end, line[at] == 0x20 { at += 1 }
        return (app, process)
    }

    /// The rest, without a byte order mark.
    func rest() -> UnsafeRawBufferPointer { slice(at..<end).withoutMark }

    /// `-` or `[ID NAME="VALUE" …]…`. Returns an error message.
    mutating func structuredData(_ record: inout FieldRecord) -> String? {
        guard at < end else { return "structured data is missing" }
        if line[at] == 0x2D, at + 1 == end || line[at + 1] == 0x20 {
            at = min(at + 2, end)
            return nil
        }
        guard line[at] == 0x5B else { return "structured data begins with [ or is -" }
        var fields = 0
        while at < end, line[at] == 0x5B {
            at += 1
            let start = at
            while at < end, line[at] != 0x20, line[at] != 0x5D { at += 1 }
            let id = Array(slice(start..<at))
            while at < end, line[at] == 0x20 {
                at += 1
                let first = at
                while at < end, line[at] != 0x3D, line[at] != 0x5D, line[at] != 0x20 { at += 1 }
                let name = slice(first..<at)
                guard at + 1 < end, line[at] == 0x3D, line[at + 1] == 0x22 else { return "a parameter has no quoted value" }
                at += 1
                guard let value = parameter(record.arena) else { return "the quote of a parameter is not closed" }
                fields += 1
                guard fields <= WireLimits.attributesPerEvent else { return "it has too many parameters" }
                record.set(record.arena.keep(id + [0x2E] + Array(name)), FieldValue(text: value))
            }
            guard at < end, line[at] == 0x5D else { return "structured data is not closed" }
            at += 1
        }
        if at < end, line[at] == 0x20 { at += 1 }
        return nil
    }

    /// `"…"`, in which `\"`, `\\` and `\]` are escapes.
    private mutating func parameter(_ arena: TextArena) -> UnsafeRawBufferPointer? {
        let start = at + 1
        var index = start
        var text: [UInt8] = []
        var hasEscapes = false
        while index < end, line[index] != 0x22 {
            if line[index] == 0x5C, index + 1 < end, [0x22, 0x5C, 0x5D].contains(line[index + 1]) {
                if !hasEscapes { text = Array(line[start..<index]) }
                hasEscapes = true
                index += 1
            }
            if hasEscapes { text.append(line[index]) }
            index += 1
        }
        guard index < end else { return nil }
        at = index + 1
        return hasEscapes ? arena.keep(text) : slice(start..<index)
    }
}
