/// Words, numbers, durations and texts.
extension Lexer {
    /// A name, or a keyword, whose case does not matter.
    mutating func word() -> Token {
        while let byte = next, byte.isNameStart || byte.isDigit || byte == UInt8(ascii: ":") { position += 1 }
        let lowered = text.lowercased()
        if let keyword = Token.Keyword(rawValue: lowered) { return made(.keyword(keyword)) }
        if let aggregator = AggregateOperator(rawValue: lowered) { return made(.aggregator(aggregator)) }
        switch lowered {
        case "and", "or", "unless", "atan2": return made(BinaryOperator(rawValue: lowered).map { .binary($0) } ?? .identifier)
        case "inf", "nan": return made(.number)
        default: return made(text.contains(":") ? .metricIdentifier : .identifier)
        }
    }

    mutating func numberOrDuration() throws(PromQLError) -> Token {
        if scanNumber() { return made(.number) }
        if scanDuration() { return made(.duration) }
        throw failure("bad number or duration syntax: \(GoText.quoted(text))")
    }

    /// Reads digits, a point and an exponent; true when no letter follows.
    mutating func scanNumber() -> Bool {
        var isHex = false
        if next == UInt8(ascii: "0") {
            position += 1
            if next.map({ $0 | 0x20 == UInt8(ascii: "x") }) == true {
                isHex = true
                position += 1
            }
        }
        scanDigits(hex: isHex)
        if next == UInt8(ascii: ".") {
            position += 1
            scanDigits(hex: isHex)
        }
        if let byte = next, byte | 0x20 == UInt8(ascii: "e") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            scanDigits(hex: false)
        }
        return next.map { $0.isNameStart || $0.isDigit } != true
    }

    private mutating func scanDigits(hex: Bool) {
        while let byte = next, byte.isDigit || hex && byte | 0x20 >= 0x61 && byte | 0x20 <= 0x66 { position += 1 }
    }

    /// Reads the rest of a duration whose first digits were read.
    mutating func scanDuration() -> Bool {
        guard take("smhdwy") else { return false }
        _ = take("s")
        while take("0123456789") {
            while take("0123456789") {}
            guard take("smhdw") else { return false }
            _ = take("s")
        }
        // A character that may not follow belongs to the text that an error shows.
        guard let byte = next, byte.isNameStart || byte.isDigit else { return true }
        position += 1
        return false
    }

    private mutating func take(_ allowed: StaticString) -> Bool {
        guard let byte = next else { return false }
        let isAllowed = allowed.withUTF8Buffer { $0.contains(byte) }
        if isAllowed { position += 1 }
        return isAllowed
    }

    /// A text, the first of whose marks was read.
    mutating func string(_ mark: UInt8) throws(PromQLError) -> Token {
        let isRaw = mark == UInt8(ascii: "`")
        while let byte = next {
            position += 1
            switch byte {
            case mark: return made(.string)
            case 0x0A where !isRaw: throw failure("unterminated quoted string")
            case UInt8(ascii: "\\") where !isRaw:
                if next == nil { throw failure("escape sequence not terminated") }
                var reader = EscapeReader(bytes, at: position, mark: mark)
                do throws(PromQLError) {
                    _ = try reader.read()
                } catch {
                    throw failure(error.message)
                }
                position = reader.position
            default: break
            }
        }
        throw failure(isRaw ? "unterminated raw string" : "unterminated quoted string")
    }
}
