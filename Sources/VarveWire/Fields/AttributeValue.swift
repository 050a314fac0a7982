internal import VarveEvents

/// A value converted for an attribute of a mapping.
struct AttributeValue {
    let result: Result<FieldValue, RecordTime.Failure>

    init(_ value: FieldValue, _ rule: FieldRules.AttributeRule, point: UInt8, _ arena: TextArena) {
        guard let type = rule.type else {
            result = .success(value)
            return
        }
        let number = Number(value, rule, point: point, arena)
        switch type {
        case .string: result = .success(value.asText(arena).map { .text($0) } ?? .absent)
        case .json: result = .success(value)
        case .bool: result = Self.bool(value, arena).map { .success(.bool($0)) } ?? number.wrong("true, false, 1 or 0")
        case .int: result = number.int64.map { .success(.int64($0)) } ?? number.wrong("an integer of 64 bits")
        case .double:
            guard let double = number.double else {
                result = number.wrong("a number")
                return
            }
            result =
                double.isFinite
                ? .success(.double(double, text: number.text))
                : .failure(
                    RecordTime.Failure(
                        problem: Problem(.notFinite, "\(rule.name) is not finite", hint: "leave the field empty")))
        }
    }

    private static func bool(_ value: FieldValue, _ arena: TextArena) -> Bool? {
        if case .bool(let flag) = value { return flag }
        return switch value.asText(arena).map({ String(decoding: $0.prefix(8), as: UTF8.self).lowercased() }) {
        case "true", "1": true
        case "false", "0": false
        default: nil
        }
    }

    /// A number as written, and after scaling.
    private struct Number {
        let text: UnsafeRawBufferPointer
        private let rule: FieldRules.AttributeRule
        private let point: UInt8
        private let scaled: Decimal?

        init(_ value: FieldValue, _ rule: FieldRules.AttributeRule, point: UInt8, _ arena: TextArena) {
            text = value.asText(arena) ?? UnsafeRawBufferPointer(start: nil, count: 0)
            self.rule = rule
            if case .text = value { self.point = point } else { self.point = 0x2E }
            let number = Decimal(text, point: self.point)
            scaled = rule.scale.map { scale in number?.multiplied(by: scale) } ?? number
        }

        var int64: Int64? {
            // The one integer whose magnitude does not fit its own type.
            scaled?.int64 ?? (rule.scale == nil && text.elementsEqual("-9223372036854775808".utf8) ? .min : nil)
        }

        /// Numbers with more digits than `Decimal` supports are parsed as doubles.
        var double: Double? {
            if let scaled { return scaled.double }
            guard text.count <= 400 else { return nil }
            let bytes = text.map { $0 == point ? 0x2E : $0 }
            return Double(String(decoding: bytes, as: UTF8.self)).map { $0 * (rule.scale?.double ?? 1) }
        }

        func wrong(_ wanted: String) -> Result<FieldValue, RecordTime.Failure> {
            let shown = String(decoding: text.prefix(40), as: UTF8.self)
            if rule.type == .int, text.count > 17, text.dropFirst().allSatisfy({ $0 &- 0x30 < 10 }) {
                return .failure(
                    RecordTime.Failure(
                        problem: Problem(.integerOutOfRange, "\(rule.name) is \"\(shown)\", beyond 64 bits")))
            }
            let hint = point == 0x2E && text.contains(0x2C) ? "is it a decimal comma? decimal: comma in the mapping" : nil
            return .failure(
                RecordTime.Failure(problem: Problem(.wrongType, "\(rule.name) is \"\(shown)\", not \(wanted)", hint: hint)))
        }
    }
}
