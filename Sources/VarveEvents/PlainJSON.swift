/// Checks that a text is one JSON object or array in the form that events store: no whitespace between tokens, and limited
/// depth.
struct PlainJSON {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0
    /// The most levels of nesting in one value; the event and its `data` add two.
    private static let depth = 30

    static func isOne(_ utf8: UnsafeRawBufferPointer) -> Bool {
        guard let first = utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return false }
        var reader = PlainJSON(bytes: utf8)
        return reader.value(1) && reader.at == utf8.count
    }

    private init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    private var next: UInt8 { at < bytes.count ? bytes[at] : 0 }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte, at < bytes.count else { return false }
        at += 1
        return true
    }

    private mutating func value(_ depth: Int) -> Bool {
        switch next {
        case UInt8(ascii: "{"): return depth <= Self.depth && list(UInt8(ascii: "}"), depth) { $0.member(depth) }
        case UInt8(ascii: "["): return depth <= Self.depth && list(UInt8(ascii: "]"), depth) { $0.value(depth + 1) }
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: "t"): return word("true")
        case UInt8(ascii: "f"): return word("false")
        case UInt8(ascii: "n"): return word("null")
        default: return number()
        }
    }

    private mutating func list(_ end: UInt8, _ depth: Int, _ element: (inout PlainJSON) -> Bool) -> Bool {
        at += 1
        if take(end) { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(UInt8(ascii: ","))
        return take(end)
    }

    private mutating func member(_ depth: Int) -> Bool {
        string() && take(UInt8(ascii: ":")) && value(depth + 1)
    }

    private mutating func word(_ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) { return false }
        return true
    }

    private mutating func digits() -> Bool {
        let start = at
        while next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") { at += 1 }
        return at > start
    }

    private mutating func number() -> Bool {
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")), !digits() { return false }
        if take(UInt8(ascii: ".")), !digits() { return false }
        if next | 0x20 == UInt8(ascii: "e") {
            at += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            return digits()
        }
        return true
    }

    private mutating func string() -> Bool {
        guard take(UInt8(ascii: "\"")) else { return false }
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte < 0x20 { return false }
            if byte == UInt8(ascii: "\\"), !escape() { return false }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard at < bytes.count else { return false }
        let byte = bytes[at]
        at += 1
        if byte != UInt8(ascii: "u") { return "\"\\/bfnrt".utf8.contains(byte) }
        guard let unit = hex() else { return false }
        // An unpaired surrogate is invalid.
        if unit >> 10 == 0x37 { return false }
        guard unit >> 10 == 0x36 else { return true }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")), let low = hex() else { return false }
        return low >> 10 == 0x37
    }

    private mutating func hex() -> UInt32? {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(UnicodeScalar(next)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt32(digit)
            at += 1
        }
        return unit
    }
}
