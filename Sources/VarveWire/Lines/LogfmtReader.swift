/// logfmt: `level=info msg="a \"b\"" status=200 ok`. A key without a value is true. Unquoted JSON numbers, `true` and `false`
/// keep their type; all other values are text.
struct LogfmtReader: FieldReader {
    mutating func read(_ line: UnsafeRawBufferPointer, isTail: Bool, into record: inout FieldRecord) -> FieldReading {
        var at = 0
        var pairs = 0
        var fields = 0
        while true {
            while at < line.count, line[at] <= 0x20 { at += 1 }
            guard at < line.count else { break }
            let start = at
            while at < line.count, line[at] > 0x20, line[at] != 0x3D, line[at] != 0x22 { at += 1 }
            guard at > start, at == line.count || line[at] != 0x22 else {
                return .refused(Self.problem("a quote or an equals sign stands where a key should begin"))
            }
            let key = UnsafeRawBufferPointer(rebasing: line[start..<at])
            fields += 1
            guard fields <= WireLimits.attributesPerEvent else { return .refused(tooManyKeys(fields)) }
            guard at < line.count, line[at] == 0x3D else {
                record.set(key, .bool(true))
                continue
            }
            at += 1
            pairs += 1
            if at < line.count, line[at] == 0x22 {
                guard let text = QuotedText.read(line, &at, record.arena) else {
                    return .refused(Self.problem("the quote of \(String(decoding: key.prefix(64), as: UTF8.self)) is not closed"))
                }
                record.set(key, FieldValue(text: text))
            } else {
                let first = at
                while at < line.count, line[at] > 0x20 { at += 1 }
                record.set(key, PlainValue.read(UnsafeRawBufferPointer(rebasing: line[first..<at])))
            }
        }
        guard pairs > 0 else { return .refused(Self.problem("it has no key=value")) }
        return .fields
    }

    private static func problem(_ what: String) -> Problem {
        Problem(.syntax, "the line is no logfmt: \(what)")
    }
}

/// Double-quoted text with the escapes of JSON and of shells.
enum QuotedText {
    /// Reads the quoted text at `at`, and advances `at` past its closing quote. Nil if that is missing.
    static func read(_ line: UnsafeRawBufferPointer, _ at: inout Int, _ arena: TextArena) -> UnsafeRawBufferPointer? {
        let start = at + 1
        var end = start
        var hasEscapes = false
        while end < line.count, line[end] != 0x22 {
            if line[end] == 0x5C {
                hasEscapes = true
                end += 1
            }
            end += 1
        }
        guard end < line.count else { return nil }
        at = end + 1
        guard hasEscapes else { return UnsafeRawBufferPointer(rebasing: line[start..<end]) }
        var text: [UInt8] = []
        var index = start
        while index < end {
            guard line[index] == 0x5C, index + 1 < end else {
                text.append(line[index])
                index += 1
                continue
            }
            switch line[index + 1] {
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "r"): text.append(0x0D)
            case 0x22, 0x5C, 0x2F: text.append(line[index + 1])
            default: text += [0x5C, line[index + 1]]
            }
            index += 2
        }
        return arena.keep(text)
    }
}

/// An unquoted word as a typed value.
enum PlainValue {
    static func read(_ text: UnsafeRawBufferPointer) -> FieldValue {
        guard let first = text.first else { return .absent }
        if first &- 0x30 < 10 || first == 0x2D, text.count <= 40, let value = number(text) { return value }
        if text.elementsEqual("true".utf8) { return .bool(true) }
        if text.elementsEqual("false".utf8) { return .bool(false) }
        return .text(text)
    }

    /// A JSON number: no leading zeros, no lone point. Others, such as `007`, are text.
    private static func number(_ text: UnsafeRawBufferPointer) -> FieldValue? {
        let digits = text.first == 0x2D ? text.dropFirst() : text[...]
        guard let first = digits.first, first &- 0x30 < 10, let last = text.last, last &- 0x30 < 10 else { return nil }
        if first == 0x30, digits.count > 1, digits[digits.startIndex + 1] &- 0x30 < 10 { return nil }
        guard let decimal = Decimal(text) else { return nil }
        if digits.allSatisfy({ $0 &- 0x30 < 10 }) { return decimal.int64.map { .int64($0) } }
        return decimal.double.isFinite ? .double(decimal.double, text: text) : nil
    }
}
