internal import VarveEvents

/// A value of a record, converted for its field. A value that cannot be converted is kept unchanged: the field check then flags
/// or refuses it, depending on the policy.
enum RecordValue {
    case integer(Int64)
    case number(Double)
    case flag(Bool)
    case utf8(UnsafeRawBufferPointer)
    case text(String)
    case json([UInt8])

    init(_ tape: JSONTape, _ value: FoundValue, _ field: FieldDescription) {
        let place = value.place
        switch tape.type(place) {
        case Tag.string: self = Self.read(tape.string(place), value.conversion, field)
        case Tag.int64: self = Self.read(tape.int64(place), value.conversion, field)
        // Only a text may be as large.
        case Tag.uint64: self = .text(String(tape.words[place + 1]))
        case Tag.double: self = Self.read(tape.double(place), value.conversion, field)
        case Tag.yes, Tag.no:
            let flag = tape.type(place) == Tag.yes
            self = field.type == .text ? .text(flag ? "true" : "false") : .flag(flag)
        case Tag.array where field.type == .text && tape.memberCount(place) > 0 && tape.type(place + 1) == Tag.string:
            // A list for a single-value field: its first element (a user's roles).
            self = Self.read(tape.string(place + 1), value.conversion, field)
        default:
            var json = JSONWriter()
            json.value(tape, place)
            self = .json(json.bytes)
        }
    }

    private static func read(_ text: UnsafeRawBufferPointer, _ conversion: Conversion, _ field: FieldDescription) -> RecordValue {
        switch field.type {
        case .text: return field.allowed.isEmpty ? .utf8(text) : allowed(text, field)
        case .integer, .number:
            var digits = text
            var conversion = conversion
            if field.unit == .fraction, text.last == UInt8(ascii: "%") {
                digits = UnsafeRawBufferPointer(rebasing: text.dropLast())
                conversion = Conversion(over: 100)
            }
            guard let decimal = Decimal(digits), decimal.double.isFinite else { return .utf8(text) }
            if let whole = decimal.int64 { return read(whole, conversion, field) }
            return read(decimal.double, conversion, field)
        case .boolean:
            switch String(decoding: text.prefix(6), as: UTF8.self).lowercased() {
            case "true", "1", "yes": return .flag(true)
            case "false", "0", "no": return .flag(false)
            default: return .utf8(text)
            }
        case .json: return .utf8(text)
        }
    }

    /// The allowed text that differs only in case, `_` and `-`.
    private static func allowed(_ text: UnsafeRawBufferPointer, _ field: FieldDescription) -> RecordValue {
        let plain = plainName(text)
        if let known = field.allowed.first(where: { plainName($0.utf8) == plain }) { return .text(known) }
        return .utf8(text)
    }

    private static func read(_ value: Int64, _ conversion: Conversion, _ field: FieldDescription) -> RecordValue {
        switch field.type {
        case .integer, .number:
            if conversion.isNone { return .integer(value) }
            return read(Double(value), conversion, field)
        case .text: return .text(String(value))
        case .boolean: return value == 0 || value == 1 ? .flag(value == 1) : .integer(value)
        case .json: return .integer(value)
        }
    }

    private static func read(_ value: Double, _ conversion: Conversion, _ field: FieldDescription) -> RecordValue {
        let converted = conversion.apply(value)
        switch field.type {
        case .integer:
            return Int64(exactly: converted).map { .integer($0) } ?? .number(converted.isFinite ? converted : value)
        case .text: return .text(value.description)
        case .number, .boolean, .json: return .number(converted.isFinite ? converted : value)
        }
    }
}
