internal import VarveEvents

/// A comparison of one field: `status>=500`, `region=eu`. An event without the field does not match.
public struct FieldCondition: Hashable, Sendable {
    public enum Comparison: String, CaseIterable, Sendable {
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "="
        case less = "<"
        case greater = ">"

        func holds<Operand: Comparable>(_ left: Operand, _ right: Operand) -> Bool {
            switch self {
            case .equal: left == right
            case .notEqual: left != right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// A field of the envelope (`id`, `tenant`, `component`, `session`, `user`), else an attribute.
    public var field: String
    public var comparison: Comparison
    /// As text; numbers are compared as numbers, truth values are `true` and `false`.
    public var value: String

    public init(_ field: String, _ comparison: Comparison, _ value: String) {
        self.field = field
        self.comparison = comparison
        self.value = value
    }

    /// Reads `field=value`, `field>value` and so on; nil when there is no comparison in `text`.
    public init?(parsing text: String) {
        guard let start = text.firstIndex(where: { "=!<>".contains($0) }), start > text.startIndex else { return nil }
        let rest = text[start...]
        guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
        self.init(String(text[..<start]), comparison, String(rest.dropFirst(comparison.rawValue.count)))
    }

    /// The columns that may hold the field.
    var keys: [ColumnKey] {
        if let key = ColumnKey.envelope.first(where: { $0.name == field }) { return [key] }
        return ValueType.allCases.map { ColumnKey(.attribute, field, $0) }
    }
}
