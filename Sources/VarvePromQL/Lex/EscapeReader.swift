/// Reads what stands behind a backslash of a text, and texts as a whole.
struct EscapeReader {
    enum Piece {
        case byte(UInt8)
        case scalar(Unicode.Scalar)
    }

    let bytes: [UInt8]
    /// Behind the backslash, then behind what was read.
    private(set) var position: Int
    let mark: UInt8

    init(_ bytes: [UInt8], at position: Int, mark: UInt8) {
        self.bytes = bytes
        self.position = position
        self.mark = mark
    }

    mutating func read() throws(PromQLError) -> Piece {
        guard let first = take() else { throw Self.unterminated }
        switch first {
        case UInt8(ascii: "a"): return .byte(0x07)
        case UInt8(ascii: "b"): return .byte(0x08)
        case UInt8(ascii: "f"): return .byte(0x0C)
        case UInt8(ascii: "n"): return .byte(0x0A)
        case UInt8(ascii: "r"): return .byte(0x0D)
        case UInt8(ascii: "t"): return .byte(0x09)
        case UInt8(ascii: "v"): return .byte(0x0B)
        case UInt8(ascii: "\\"), mark: return .byte(first)
        case 0x30...0x37:
            position -= 1
            return try code(digits: 3, base: 8)
        case UInt8(ascii: "x"): return try code(digits: 2, base: 16)
        case UInt8(ascii: "u"): return try code(digits: 4, base: 16)
        case UInt8(ascii: "U"): return try code(digits: 8, base: 16)
        default:
            throw PromQLError(.syntax, "unknown escape sequence \(Self.described(bytes, position - 1))")
        }
    }

    private static let unterminated = PromQLError(.syntax, "escape sequence not terminated")

    private mutating func take() -> UInt8? {
        guard position < bytes.count else { return nil }
        position += 1
        return bytes[position - 1]
    }

    private mutating func code(digits: Int, base: UInt32) throws(PromQLError) -> Piece {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = take() else { throw Self.unterminated }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, digit < base else {
                throw PromQLError(.syntax, "illegal character \(Self.described(bytes, position - 1)) in escape sequence")
            }
            // Eight hexadecimal digits fill 32 bits and no more.
            value = value &* base &+ UInt32(digit)
        }
        if base == 8 || digits == 2 {
            guard value <= 255 else { throw Self.invalid }
            return .byte(UInt8(value))
        }
        guard let scalar = Unicode.Scalar(value) else { throw Self.invalid }
        return .scalar(scalar)
    }

    private static let invalid = PromQLError(.syntax, "escape sequence is an invalid Unicode code point")

    private static func described(_ bytes: [UInt8], _ index: Int) -> String {
        let scalar = String(decoding: bytes[index..<min(bytes.count, index + 4)], as: UTF8.self).unicodeScalars.first ?? " "
        let code = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code + " " + GoText.quoted(scalar)
    }

    /// What a text between marks says; nil where its bytes are no UTF-8.
    static func unquoted(_ token: String) throws(PromQLError) -> String? {
        let bytes = Array(token.utf8)
        guard bytes.count >= 2 else { return nil }
        let mark = bytes[0]
        var result: [UInt8] = []
        var index = 1
        while index < bytes.count - 1 {
            guard bytes[index] == UInt8(ascii: "\\"), mark != UInt8(ascii: "`") else {
                result.append(bytes[index])
                index += 1
                continue
            }
            var reader = EscapeReader(bytes, at: index + 1, mark: mark)
            switch try reader.read() {
            case .byte(let byte): result.append(byte)
            case .scalar(let scalar): result += Array(String(scalar).utf8)
            }
            index = reader.position
        }
        return String(validating: result, as: UTF8.self)
    }
}
