internal import Foundation

/// Puts quotes around numbers that are kept as texts and that the parser refuses, because they are too large for a number.
/// Only used for lines that it refused for a number, so speed does not matter.
enum NumberQuotes {
    /// The numbers in the text fields of an event's envelope. Nil if there are none.
    static func envelope(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
        quote(line) { key, _ in key.map { keys.contains(String(decoding: $0.prefix(16), as: UTF8.self)) } ?? false }
    }

    private static let keys: Set<String> = [
        "id", "signal", "tenant", "component", "session_id", "session", "user_id", "user",
    ]

    /// The integers beyond 64 bits. Nil if there are none.
    static func longIntegers(_ line: UnsafeRawBufferPointer) -> [UInt8]? {
        quote(line) { _, number in
            let digits = number.drop { $0 == 0x2D }
            guard digits.count >= 19, digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return false }
            let text = String(decoding: number, as: UTF8.self)
            return Int64(text) == nil && UInt64(text) == nil
        }
    }

    /// The line with quotes around the numbers that `isWanted` selects by their key at the top level, nil elsewhere, and their
    /// digits. Followed by `ByteWindow.margin` zeros, for the parser.
    private static func quote(
        _ line: UnsafeRawBufferPointer, _ isWanted: (UnsafeRawBufferPointer?, UnsafeRawBufferPointer) -> Bool
    ) -> [UInt8]? {
        var quoted: [UInt8] = []
        var isChanged = false
        var depth = 0
        var key: Range<Int>?
        var isValue = false
        var at = 0
        while at < line.count {
            let start = at
            let byte = line[at]
            at = tokenEnd(line, at)
            let isNumber = byte &- 0x30 < 10 || byte == 0x2D
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ":"): isValue = depth == 1
            case UInt8(ascii: ","): isValue = false
            case UInt8(ascii: "\"") where depth == 1 && !isValue && at - start >= 2: key = start + 1..<at - 1
            default: break
            }
            let token = UnsafeRawBufferPointer(rebasing: line[start..<at])
            let name = isValue && depth == 1 ? key.map { UnsafeRawBufferPointer(rebasing: line[$0]) } : nil
            let isQuoted = isNumber && isJSONNumber(token) && isWanted(name, token)
            isChanged = isChanged || isQuoted
            if isQuoted { quoted.append(UInt8(ascii: "\"")) }
            quoted += token
            if isQuoted { quoted.append(UInt8(ascii: "\"")) }
        }
        guard isChanged else { return nil }
        return quoted + [UInt8](repeating: 0, count: ByteWindow.margin)
    }

    /// The end of the string, of the number or of the single byte at `start`.
    private static func tokenEnd(_ line: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var at = start + 1
        if line[start] == UInt8(ascii: "\"") {
            while at < line.count, line[at] != UInt8(ascii: "\"") { at += line[at] == UInt8(ascii: "\\") ? 2 : 1 }
            return min(at + 1, line.count)
        }
        guard line[start] &- 0x30 < 10 || line[start] == UInt8(ascii: "-") else { return at }
        while at < line.count, NumberPlaces.isNumberByte(line[at]) { at += 1 }
        return at
    }

    /// `-`? digits (`.` digits)? (`e` sign? digits)?, without leading zeros.
    private static func isJSONNumber(_ text: UnsafeRawBufferPointer) -> Bool {
        var at = 0
        func digits() -> Int {
            let start = at
            while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
            return at - start
        }
        if text.first == UInt8(ascii: "-") { at = 1 }
        let first = at
        let whole = digits()
        guard whole > 0, whole == 1 || text[first] != UInt8(ascii: "0") else { return false }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            guard digits() > 0 else { return false }
        }
        if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            guard digits() > 0 else { return false }
        }
        return at == text.count
    }
}
