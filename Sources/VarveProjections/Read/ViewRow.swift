public import VarveEvents

/// One row of an answer.
public struct ViewRow: Hashable, Sendable {
    /// The start of the bucket; nil for `all`.
    public var time: Timestamp?
    /// The requested dimensions, in definition order, then measures and derived columns, in definition order.
    public var values: [NamedValue]
    /// Whether this is the row of combinations folded by a budget.
    public var isOther: Bool
    /// For each sum that left out values, because they are not numbers, too large or not finite, their number.
    public var leftOut: [NamedCount] = []

    /// The suffix of the column with the number of values left out of a sum, after the sum's name.
    public static let leftOutSuffix = "_left_out"

    /// The value named `name`.
    public subscript(name: String) -> ViewValue? {
        values.first { $0.name == name }?.value
    }
}

extension ViewValue {
    /// As a number, for derived columns; nil otherwise.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .decimal(let micros): Double(micros) / 1e6
        case .null, .bool, .string, .time, .top: nil
        }
    }

    /// As text, to compare with user input; nil for an absent value.
    public var text: String? {
        switch self {
        case .null: nil
        case .bool(let flag): flag ? "true" : "false"
        case .int(let value): String(value)
        case .double(let value): String(value)
        case .decimal(let micros): ViewValue.decimalText(micros)
        case .string(let text): text
        case .time(let time): time.text
        case .top(let entries): entries.map { "\($0.value.text ?? "null") \($0.count)" }.joined(separator: ", ")
        }
    }

    /// Millionths as a decimal number without trailing zeros: `2747282740`, `-0.5`.
    public static func decimalText(_ micros: Int128) -> String {
        let magnitude = micros.magnitude
        let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var text = (micros < 0 ? "-" : "") + String(whole)
        if rest > 0 {
            text += "." + rest.zeroPadded(6)
            while text.hasSuffix("0") { text.removeLast() }
        }
        return text
    }
}
