/// Longer texts are cut, at the border of a character.
private let textBytesMax = 1_024

extension ViewValue {
    /// The value without the end of a text that is very long.
    var cut: ViewValue {
        guard case .string(let text) = self, text.utf8.count > textBytesMax else { return self }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: textBytesMax)
        while text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return .string(String(text[..<end]))
    }
}

extension EntityAttribute.Choice {
    /// What is kept when `new` comes after `old`; both may be absent.
    func chosen(_ old: ViewValue, _ new: ViewValue) -> ViewValue {
        if new == .null { return old }
        switch self {
        case .first: return old == .null ? new.cut : old
        case .last: return new.cut
        case .least, .greatest:
            guard let number = new.number else { return old }
            guard let known = old.number else { return new }
            return (self == .least ? number < known : number > known) ? new : old
        case .sum:
            let known: Int128 = if case .decimal(let micros) = old { micros } else { 0 }
            let added: Int128? =
                switch new {
                case .int(let number): Int128(number) * 1_000_000
                case .double(let number): SumColumn.micros(number)
                default: nil
                }
            guard let added else { return old }
            return .decimal(micros: known &+ added)
        }
    }
}

extension StateWriter {
    /// A value of an entity: one form only.
    mutating func value(_ value: ViewValue) {
        var key: [UInt8] = []
        switch value {
        case .decimal(let micros):
            fixed(UInt8(1))
            fixed(micros)
        default:
            fixed(UInt8(0))
            KeyBytes.append(value, to: &key)
            block(key)
        }
    }
}

extension StateReader {
    mutating func value() throws(StateError) -> ViewValue {
        switch try fixed(UInt8.self) {
        case 0:
            var inner = StateReader(bytes, try block())
            let value = try KeyBytes.read(&inner)
            try inner.finish()
            return value
        case 1: return .decimal(micros: try fixed(Int128.self))
        case let tag: throw fail("a value of kind \(tag)")
        }
    }
}
