internal import Foundation
public import VarveEvents

/// Whether `text` is a valid name of a signal, tenant or attribute.
@inline(__always)
func isName(_ text: UnsafeRawBufferPointer) -> Bool { EventRules.isName(text) }

extension EventLimits {
    /// Whether `text` is a valid name of a signal, tenant or attribute.
    public static func isName(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { EventRules.isName(UnsafeRawBufferPointer($0)) }
    }
}

func badName(_ what: String, _ count: Int) -> Problem {
    Problem(.badName, "\(what) has 1 to \(EventLimits.nameBytes) bytes and no control characters; this one has \(count) bytes")
}

func tooLong(_ what: String, _ count: Int) -> Problem {
    Problem(.stringTooLong, "\(what) has \(count) bytes, \(EventLimits.stringBytes) are allowed")
}

/// Whether the bytes are UTF-8.
@inline(__always)
func isUTF8(_ text: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index + 8 <= text.count,
        text.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
        index += 8
    }
    while index < text.count, text[index] < 0x80 { index += 1 }
    return index == text.count || String(validating: text[index...], as: UTF8.self) != nil
}

/// Why the bytes are not text; nil if they are.
func textProblem(_ record: UnsafeRawBufferPointer) -> Problem? {
    if !isUTF8(record) {
        return Problem(.invalidUTF8, "the record is not UTF-8", hint: FileKind.hintOfEncoding(record))
    }
    return memchr(record.baseAddress!, 0, record.count) == nil
        ? nil : Problem(.binary, "the record has NUL bytes: this is no text", hint: FileKind.of(record)?.hint)
}
