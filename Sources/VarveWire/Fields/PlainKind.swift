/// Converts the common values of a declared type, without looking at the rule. `AttributeValue` converts all values, these with
/// the same result, and explains those that it cannot convert.
enum PlainKind {
    case own, string, int, double, bool
    /// Scaled, or JSON.
    case other

    init(_ rule: FieldRules.AttributeRule) {
        self =
            switch (rule.type, rule.scale == nil) {
            case (nil, _): .own
            case (.string, _): .string
            case (.int, true): .int
            case (.double, true): .double
            case (.bool, _): .bool
            default: .other
            }
    }

    /// Nil for a value that is not a common one.
    @inline(__always)
    func value(_ value: FieldValue, point: UInt8) -> FieldValue? {
        if self == .own { return value }
        guard case .text(let text) = value else { return nil }
        switch self {
        case .string: return value
        case .int: return Self.integer(text).map { .int64($0) }
        case .double:
            guard let double = Decimal(text, point: point)?.double, double.isFinite else { return nil }
            return .double(double, text: text)
        case .bool: return Self.flag(text).map { .bool($0) }
        case .own, .other: return nil
        }
    }

    /// 1 to 18 digits, with a sign or without.
    private static func integer(_ text: UnsafeRawBufferPointer) -> Int64? {
        let isNegative = text.first == 0x2D
        let start = isNegative ? 1 : 0
        guard text.count > start, text.count - start <= 18 else { return nil }
        var value: Int64 = 0
        for index in start..<text.count {
            let digit = text[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value &* 10 &+ Int64(digit)
        }
        return isNegative ? 0 &- value : value
    }

    private static func flag(_ text: UnsafeRawBufferPointer) -> Bool? {
        switch text.count {
        case 1: text[0] == 0x31 ? true : text[0] == 0x30 ? false : nil
        case 4: text.elementsEqual("true".utf8) ? true : nil
        case 5: text.elementsEqual("false".utf8) ? false : nil
        default: nil
        }
    }
}
