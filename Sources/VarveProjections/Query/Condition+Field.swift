public import VarveEvents

extension Condition {
    /// Converts a condition typed by a user; it holds for the same events.
    public init(_ condition: FieldCondition) {
        let field = Field(condition.field)
        let candidates = condition.candidates
        switch condition.comparison {
        case .equal:
            self = candidates.isEmpty ? .not(Self.isPresent(field)) : .isIn(field, candidates)
        case .notEqual:
            self = candidates.isEmpty ? Self.isPresent(field) : .all([.exists(field), .not(.isIn(field, candidates))])
        case .contains:
            guard case .string(let part)? = candidates.last else {
                self = .exists(field)
                return
            }
            self = .contains(field, part)
        case .less: self = Self.ordered(field, .less, candidates)
        case .lessOrEqual: self = Self.ordered(field, .lessOrEqual, candidates)
        case .greater: self = Self.ordered(field, .greater, candidates)
        case .greaterOrEqual: self = Self.ordered(field, .greaterOrEqual, candidates)
        }
    }

    private static func isPresent(_ field: Field) -> Condition {
        .all([.exists(field), .not(.compare(field, .equal, .string("")))])
    }

    /// Without a value there is no order, and the condition never holds.
    private static func ordered(_ field: Field, _ comparison: Comparison, _ candidates: [Value]) -> Condition {
        candidates.first.map { .compare(field, comparison, $0) } ?? .isIn(field, [])
    }
}
