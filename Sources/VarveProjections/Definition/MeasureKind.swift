/// What a measure keeps.
public enum MeasureKind: Hashable, Sendable {
    case count
    case sum(Field)
    case min(Field)
    case max(Field)
    case last(Field)
    case quantiles(Field, [StatisticColumn])
    case distinct(Field)
    case topK(Field, Int)

    /// The field it reads, if any.
    public var field: Field? {
        switch self {
        case .count: nil
        case .sum(let field), .min(let field), .max(let field), .last(let field), .quantiles(let field, _),
            .distinct(let field), .topK(let field, _):
            field
        }
    }
}
