/// Longer texts are truncated at a character boundary.
private let textBytesMax = 1_024

extension ViewValue {
    /// The value, with long texts truncated.
    var cut: ViewValue {
        guard case .string(let text) = self, text.utf8.count > textBytesMax else { return self }
        var end = text.utf8.index(text.utf8.startIndex, offsetBy: textBytesMax)
        while text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
        return .string(String(text[..<end]))
    }
}

extension EntityAttribute.Choice {
    /// The value to store when `new` comes after `old`; both may be absent.
    func chosen(_ old: ViewValue, _ new: ViewValue) -> ViewValue {
        if new == .null { return old }
        switch self {
        case .first: return old == .null ? new.cut : old
        case .last: return new.cut
        case .least, .greatest:
            guard new.isNumber else { return old }
            guard old.isNumber else { return new }
            return (self == .least ? new.isLess(than: old) : old.isLess(than: new)) ? new : old
        case .sum:
            guard let added = new.micros else { return old }
            let known: Int128 = if case .decimal(let micros) = old { micros } else { 0 }
            return .decimal(micros: known &+ added)
        }
    }
}

extension ViewValue {
    /// A number in millionths; nil for other values and for numbers too large to sum.
    var micros: Int128? {
        switch self {
        case .int(let number): Int128(number) * 1_000_000
        case .double(let number): SumColumn.micros(number)
        default: nil
        }
    }

    /// Whether it is a number.
    var isNumber: Bool {
        switch self {
        case .int: true
        case .double(let number): !number.isNaN
        default: false
        }
    }

    /// Whether one number is less than another, compared exactly regardless of their types.
    func isLess(than other: ViewValue) -> Bool {
        switch (self, other) {
        case (.int(let left), .int(let right)): left < right
        case (.double(let left), .double(let right)): left < right
        case (.int(let left), .double(let right)): left.isLess(than: right)
        case (.double(let left), .int(let right)): left.isLess(than: right)
        default: false
        }
    }
}

extension Int64 {
    /// Exact: a double is whole, or lies between two integers.
    @inline(__always)
    func isLess(than other: Double) -> Bool {
        if let whole = Int64(exactly: other) { return self < whole }
        if other.magnitude >= 0x1p63 { return other > 0 }
        return self <= Int64(other.rounded(.down))
    }
}

extension Double {
    /// Exact, as above.
    @inline(__always)
    func isLess(than other: Int64) -> Bool {
        if let whole = Int64(exactly: self) { return whole < other }
        if magnitude >= 0x1p63 { return self < 0 }
        return Int64(rounded(.down)) < other
    }
}

extension StateWriter {
    /// An entity's value in its canonical form.
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
