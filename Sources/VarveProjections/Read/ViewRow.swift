public import VarveEvents

/// One row of an answer.
public struct ViewRow: Hashable, Sendable {
    /// When the bucket starts; nil for `all`.
    public var time: Timestamp?
    /// The dimensions asked for, in the definition's order, then measures and derived columns, in theirs.
    public var values: [NamedValue]
    /// Whether this is the row of what a budget folded.
    public var isOther: Bool
    /// Per sum that left out values, because they are too large or not finite, how many.
    public var leftOut: [NamedCount] = []

    /// What the column is called that says how many values a sum left out: the sum's name with this behind it.
    public static let leftOutSuffix = "_left_out"

    /// The value called `name`.
    public subscript(name: String) -> ViewValue? {
        values.first { $0.name == name }?.value
    }
}

extension ViewValue {
    /// As a number, for derived columns; nil for what is none.
    public var number: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .decimal(let micros): Double(micros) / 1e6
        case .null, .bool, .string, .time, .top: nil
        }
    }

    /// As text, to compare with what a user typed; nil for an absent value.
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

    /// Millionths as a decimal number without needless zeros: `2747282740`, `-0.5`.
    public static func decimalText(_ micros: Int128) -> String {
        let magnitude = micros.magnitude
        let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1_000_000)
        var text = (micros < 0 ? "-" : "") + String(whole)
        if rest > 0 {
            let digits = String(rest)
            text += "." + String(repeating: "0", count: 6 - digits.count) + digits
            while text.hasSuffix("0") { text.removeLast() }
        }
        return text
    }
}
