/// A `FieldCondition` prepared for many values.
public struct FieldTest: Sendable {
    private let comparison: FieldCondition.Comparison
    /// The values that the operand may stand for; empty to test for absence.
    private let candidates: [Value]
    private let part: [UInt8]

    init(_ comparison: FieldCondition.Comparison, _ candidates: [Value]) {
        self.comparison = comparison
        self.candidates = candidates
        part = Array((candidates.last?.text ?? "").utf8)
    }

    /// Whether the test holds for events without the field.
    public var holdsForAbsent: Bool { comparison == .equal && candidates.isEmpty }

    /// Whether `value` passes; nil stands for an absent field.
    public func holds(_ value: Value?) -> Bool {
        guard let value else { return holdsForAbsent }
        switch comparison {
        case .contains: return value.text.map { contains(part, in: $0) } ?? false
        case .equal: return candidates.isEmpty ? value.text == "" : isEqual(value)
        case .notEqual: return candidates.isEmpty ? value.text != "" : !isEqual(value)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let operand = candidates.first, let order = Value.order(value, operand) else { return false }
            return switch comparison {
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            default: order >= 0
            }
        }
    }

    private func isEqual(_ value: Value) -> Bool {
        candidates.contains { Value.order(value, $0) == 0 }
    }

    /// Whether `part` occurs in `text`, compared bytewise, so that the result does not depend on the Unicode version.
    private func contains(_ part: [UInt8], in text: String) -> Bool {
        guard let first = part.first else { return true }
        var text = text
        return text.withUTF8 { all in
            guard all.count >= part.count else { return false }
            return (0...(all.count - part.count)).contains { start in
                all[start] == first && all[start..<(start + part.count)].elementsEqual(part)
            }
        }
    }
}

extension Value {
    /// The text of a string or JSON value; nil for numbers and booleans.
    fileprivate var text: String? {
        switch self {
        case .string(let text), .json(let text): text
        case .int64, .double, .bool: nil
        }
    }
}
