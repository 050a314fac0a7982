/// Cuts a query's text into tokens, one at a time: what a character means depends on the brackets it stands in.
struct Lexer {
    let bytes: [UInt8]
    var position = 0
    /// Where the token begins that is being read.
    var start = 0
    private var parens = 0
    private var inBraces = false
    private var inBrackets = false
    private var gotColon = false

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next byte; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func byte(_ ahead: Int) -> UInt8? { position + ahead < bytes.count ? bytes[position + ahead] : nil }

    mutating func token() throws(PromQLError) -> Token {
        skipBlanks()
        start = position
        if inBraces { return try insideBraces() }
        if inBrackets, let duration = try bracketDuration() { return duration }
        guard let byte = next else { return try end() }
        position += 1
        if let sign = try sign(byte) { return sign }
        switch byte {
        case _ where byte.isDigit || byte == UInt8(ascii: ".") && next?.isDigit == true:
            position -= 1
            return try numberOrDuration()
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return try string(byte)
        case _ where byte.isNameStart || byte == UInt8(ascii: ":"):
            guard inBrackets else { return word() }
            if gotColon { throw failure("unexpected colon \(GoText.quoted(scalar(at: start)))") }
            gotColon = true
            return made(.colon)
        default: return try bracket(byte)
        }
    }

    private func end() throws(PromQLError) -> Token {
        if parens != 0 { throw failure("unclosed left parenthesis") }
        if inBrackets { throw failure("unclosed left bracket") }
        return made(.end)
    }

    private mutating func skipBlanks() {
        while let byte = next {
            if byte == UInt8(ascii: "#") {
                while let inside = next, inside != 0x0A, inside != 0x0D { position += 1 }
            } else if byte.isBlank {
                position += 1
            } else {
                return
            }
        }
    }

    /// Operators of one or two characters.
    private mutating func sign(_ byte: UInt8) throws(PromQLError) -> Token? {
        let hasEqual = next == UInt8(ascii: "=")
        switch byte {
        case UInt8(ascii: ","): return made(.comma)
        case UInt8(ascii: "*"): return made(.binary(.multiply))
        case UInt8(ascii: "/"): return made(.binary(.divide))
        case UInt8(ascii: "%"): return made(.binary(.modulo))
        case UInt8(ascii: "+"): return made(.binary(.add))
        case UInt8(ascii: "-"): return made(.binary(.subtract))
        case UInt8(ascii: "^"): return made(.binary(.power))
        case UInt8(ascii: "@"): return made(.at)
        case UInt8(ascii: "="):
            if hasEqual { return taking(.binary(.equal)) }
            if next == UInt8(ascii: "~") { throw failure("unexpected character after '=': '~'") }
            return made(.equal)
        case UInt8(ascii: "!"):
            if hasEqual { return taking(.binary(.notEqual)) }
            throw failure("unexpected character after '!': \(GoText.quoted(scalar(at: position)))")
        case UInt8(ascii: "<"): return hasEqual ? taking(.binary(.lessOrEqual)) : made(.binary(.less))
        case UInt8(ascii: ">"): return hasEqual ? taking(.binary(.greaterOrEqual)) : made(.binary(.greater))
        default: return nil
        }
    }

    private mutating func bracket(_ byte: UInt8) throws(PromQLError) -> Token {
        switch byte {
        case UInt8(ascii: "("):
            parens += 1
            return made(.leftParen)
        case UInt8(ascii: ")"):
            parens -= 1
            if parens < 0 {
                throw PromQLError(.syntax, "unexpected right parenthesis ')'", range: position..<max(position, bytes.count))
            }
            return made(.rightParen)
        case UInt8(ascii: "{"):
            inBraces = true
            return made(.leftBrace)
        case UInt8(ascii: "["):
            if inBrackets { throw failure("unexpected left bracket '['") }
            gotColon = false
            inBrackets = true
            wantsDuration = true
            return made(.leftBracket)
        case UInt8(ascii: "]"):
            if !inBrackets { throw failure("unexpected right bracket ']'") }
            inBrackets = false
            return made(.rightBracket)
        default: throw failure("unexpected character: \(GoText.quoted(scalar(at: start)))")
        }
    }

    private var wantsDuration = false

    /// Directly behind `[` stands a duration.
    private mutating func bracketDuration() throws(PromQLError) -> Token? {
        guard wantsDuration else { return nil }
        wantsDuration = false
        if scanNumber() { throw failure("missing unit character in duration") }
        guard scanDuration() else { throw failure("bad duration syntax: \(GoText.quoted(text))") }
        return made(.duration)
    }

    private mutating func insideBraces() throws(PromQLError) -> Token {
        guard let byte = next else { throw failure("unexpected end of input inside braces") }
        position += 1
        let isPattern = next == UInt8(ascii: "~")
        switch byte {
        case _ where byte.isNameStart:
            while let more = next, more.isNameStart || more.isDigit { position += 1 }
            return made(.identifier)
        case UInt8(ascii: ","): return made(.comma)
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): return try string(byte)
        case UInt8(ascii: "="): return isPattern ? taking(.matchesPattern) : made(.equal)
        case UInt8(ascii: "!"):
            if isPattern { return taking(.matchesNotPattern) }
            if next == UInt8(ascii: "=") { return taking(.binary(.notEqual)) }
            throw failure("unexpected character after '!' inside braces: \(GoText.quoted(scalar(at: position)))")
        case UInt8(ascii: "{"): throw failure("unexpected left brace '{'")
        case UInt8(ascii: "}"):
            inBraces = false
            return made(.rightBrace)
        default: throw failure("unexpected character inside braces: \(GoText.quoted(scalar(at: start)))")
        }
    }

    // MARK: Tokens

    var text: String { String(decoding: bytes[start..<position], as: UTF8.self) }

    func made(_ kind: Token.Kind) -> Token { Token(kind: kind, text: text, range: start..<position) }

    private mutating func taking(_ kind: Token.Kind) -> Token {
        position += 1
        return made(kind)
    }

    func failure(_ message: String) -> PromQLError {
        PromQLError(.syntax, message, range: start..<max(start, bytes.count))
    }

    /// The character that begins at a byte.
    func scalar(at index: Int) -> Unicode.Scalar? {
        guard index < bytes.count else { return nil }
        return String(decoding: bytes[index..<min(bytes.count, index + 4)], as: UTF8.self).unicodeScalars.first
    }
}
