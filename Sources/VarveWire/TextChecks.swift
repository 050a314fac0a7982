internal import Foundation
public import VarveEvents

/// Whether `text` can name a signal, tenant or attribute: 1 to 256 bytes, no control characters.
@inline(__always)
func isName(_ text: UnsafeRawBufferPointer) -> Bool {
    let count = text.count
    guard count > 0, count <= EventLimits.nameBytes else { return false }
    var index = 0
    while index + 8 <= count {
        if hasControl(text.loadUnaligned(fromByteOffset: index, as: UInt64.self)) { return false }
        index += 8
    }
    while index < count {
        if text[index] < 0x20 || text[index] == 0x7F { return false }
        index += 1
    }
    return true
}

extension EventLimits {
    /// Whether `text` can name a signal, tenant or attribute.
    public static func isName(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { VarveWire.isName(UnsafeRawBufferPointer($0)) }
    }
}

/// Whether one of eight bytes is below 0x20 or is 0x7F: a borrow out of `byte - 0x20`, or a zero in `byte ^ 0x7F`.
@inline(__always)
private func hasControl(_ word: UInt64) -> Bool {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let deleted = word ^ (ones &* 0x7F)
    let low = (word &- ones &* 0x20) & ~word
    let zero = (deleted &- ones) & ~deleted
    return (low | zero) & (ones &* 0x80) != 0
}

func badName(_ what: String, _ count: Int) -> Problem {
    Problem(.badName, "\(what) has 1 to \(EventLimits.nameBytes) bytes and no control characters; this one has \(count) bytes")
}

func tooLong(_ what: String, _ count: Int) -> Problem {
    Problem(.stringTooLong, "\(what) has \(count) bytes, \(EventLimits.stringBytes) are allowed")
}

/// Why bytes are no text; nil when they are.
func textProblem(_ record: UnsafeRawBufferPointer) -> Problem? {
    var index = 0
    while index + 8 <= record.count,
        record.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
        index += 8
    }
    if String(validating: record[index...], as: UTF8.self) == nil {
        return Problem(.invalidUTF8, "the record is not UTF-8", hint: FileKind(record).hint)
    }
    return memchr(record.baseAddress!, 0, record.count) == nil
        ? nil : Problem(.binary, "the record has NUL bytes: this is no text", hint: FileKind(record).hint)
}
