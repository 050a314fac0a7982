import VarveEvents
import VarveProjections

/// Describes what a definition computes, for documents and `catalog show`.
enum Formula {
    static func text(_ measure: Measure, _ column: String) -> String {
        let what: String =
            switch measure.kind {
            case .count: "count of events"
            case .sum(let field): "sum of \(field)"
            case .min(let field): "minimum of \(field)"
            case .max(let field): "maximum of \(field)"
            case .last(let field): "\(field) of the latest event"
            case .distinct(let field): "distinct values of \(field)"
            case .product(let fields): "sum of the product of " + list(fields)
            case .combinations(let fields): "distinct combinations of " + list(fields)
            case .topK(let field, let count): "the \(count) most frequent \(field)"
            case .quantiles(let field, let columns): text(columns.first { $0.name == column }?.statistic, field)
            }
        return what + (measure.condition.map { " where \(text($0))" } ?? "")
    }

    static func text(_ formula: DerivedFormula) -> String {
        switch formula {
        case .ratio(let parts, let whole): "\(sum(parts)) / \(sum(whole))"
        case .mean(let sum): "mean of the values in \(sum)"
        case .ratePerSecond(let column): "\(column) / seconds of the bucket"
        }
    }

    private static func list(_ fields: [Field]) -> String {
        fields.map { "\($0)" }.joined(separator: ", ")
    }

    private static func sum(_ names: [String]) -> String {
        names.count == 1 ? names[0] : "(" + names.joined(separator: " + ") + ")"
    }

    private static func text(_ statistic: Statistic?, _ field: Field) -> String {
        switch statistic {
        case nil: "\(field)"
        case .count: "count of events with \(field)"
        case .min: "minimum of \(field)"
        case .max: "maximum of \(field)"
        case .quantile(let millionths): "p\(millionths / 10_000) of \(field) (nearest rank)"
        case .interpolated(let millionths): "p\(millionths / 10_000) of \(field) (interpolated)"
        }
    }

    static func text(_ condition: Condition) -> String {
        switch condition {
        case .all(let parts): parts.map(text).joined(separator: " and ")
        case .any(let parts): "(" + parts.map(text).joined(separator: " or ") + ")"
        case .not(.isIn(let field, let values)): "\(field) is none of " + values.map(text).joined(separator: ", ")
        case .not(.exists(let field)): "\(field) is absent"
        case .not(let part): "not " + text(part)
        case .compare(let field, let comparison, let value): "\(field) \(comparison.symbol) \(text(value))"
        case .isIn(let field, let values): "\(field) is one of " + values.map(text).joined(separator: ", ")
        case .hasPrefix(let field, let prefix): "\(field) begins with \(prefix)"
        case .contains(let field, let part): "\(field) contains \(part)"
        case .glob(let field, let pattern): "\(field) matches \(pattern)"
        case .exists(let field): "\(field) is present"
        case .isWord(let field, let words): "\(field) is the word " + words.joined(separator: " or ")
        }
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .int64(let number): "\(number)"
        case .double(let number): DefinedNumber.text(number)
        case .bool(let flag): flag ? "true" : "false"
        case .string(let text), .json(let text): text
        }
    }
}

extension DefinedNumber {
    /// The value as text: integers without a fraction, others with at most four decimals.
    public var valueText: String { Self.text(value) }

    static func text(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 10_000
        if let whole = Int64(exactly: rounded) { return "\(whole)" }
        return "\(rounded)"
    }
}
