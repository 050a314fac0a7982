extension DimensionTransform {
    /// Whether numbers are not transformed, so that two numbers have the same key only if they are equal.
    var keepsNumbers: Bool {
        switch self {
        case .none, .lower, .prefix: true
        case .statusClass, .ranges: false
        }
    }

    /// The key bytes of a text, transformed.
    func key(text: UnsafeRawBufferPointer) -> [UInt8] {
        var key: [UInt8] = []
        key.reserveCapacity(text.count + 3)
        switch self {
        case .none: KeyBytes.append(text: text, to: &key)
        case .lower: KeyBytes.append(text: text.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, to: &key)
        case .prefix(let count):
            // Characters are counted by their first bytes.
            var seen = 0
            let end = text.firstIndex { byte in
                if byte & 0xC0 != 0x80 { seen += 1 }
                return seen > count
            }
            KeyBytes.append(text: text[..<(end ?? text.endIndex)], to: &key)
        case .statusClass, .ranges:
            guard let number = Int64(String(decoding: text, as: UTF8.self)) else { return KeyBytes.null }
            return self.key(.int(number))
        }
        return key
    }

    /// The key bytes of a value other than text, transformed.
    func key(_ value: ViewValue) -> [UInt8] {
        var key: [UInt8] = []
        let number: Double? =
            switch value {
            case .int(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        switch self {
        case .none, .lower, .prefix: KeyBytes.append(value, to: &key)
        case .statusClass:
            guard let number, number >= 100, number < 600 else { return KeyBytes.null }
            KeyBytes.append(text: "\(Int(number) / 100)xx".utf8, to: &key)
        case .ranges(let ranges):
            guard let number, let range = ranges.first(where: { number < $0.below ?? .infinity }) else { return KeyBytes.null }
            KeyBytes.append(text: range.name.utf8, to: &key)
        }
        return key
    }
}
