/// What a measure computes.
public enum MeasureKind: Hashable, Sendable {
    case count
    case sum(Field)
    case min(Field)
    case max(Field)
    case last(Field)
    case quantiles(Field, [StatisticColumn])
    case distinct(Field)
    case topK(Field, Int)
    /// The sum of the product of several numbers of an event.
    case product([Field])
    /// The number of distinct combinations of several fields' values.
    case combinations([Field])

    /// The field it reads, if there is exactly one.
    public var field: Field? {
        switch self {
        case .count, .product, .combinations: nil
        case .sum(let field), .min(let field), .max(let field), .last(let field), .quantiles(let field, _),
            .distinct(let field), .topK(let field, _):
            field
        }
    }

    /// The fields it reads.
    public var fields: [Field] {
        switch self {
        case .product(let fields), .combinations(let fields): fields
        default: field.map { [$0] } ?? []
        }
    }
}
