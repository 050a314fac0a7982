public import VarveAnalysis
public import VarveProjections

/// What must be so of a series for its rule to hold.
public enum RuleTest: Hashable, Sendable {
    /// On which side of its expected band a value is unusual.
    public enum Side: String, CaseIterable, Sendable {
        case above, below, outside
    }

    /// Compared with a number.
    case number(RuleComparison, Double)
    /// The change since a time ago, as a share of the value then, compared with a number: `> 0.5` is half as much again.
    case change(RuleComparison, Double, ago: Int64)
    /// Outside the band that is expected from so many buckets before.
    case band(AnomalySensitivity, Side, history: Int)
    /// There is no value, where in so many buckets before there was one.
    case absent(known: Int)
    case burn(BudgetBurn)
    /// Every series that a PromQL expression yields.
    case query(RuleQuery)

    /// What a value is compared with, where that is one number.
    public var threshold: Double? {
        switch self {
        case .number(_, let number), .change(_, let number, _): number
        case .burn(let burn): burn.factor
        case .query(let query): query.threshold
        case .band, .absent: nil
        }
    }

    /// The same with another number, where it compares with one that may be another.
    public func with(threshold: Double) -> RuleTest {
        switch self {
        case .number(let comparison, _): return .number(comparison, threshold)
        case .change(let comparison, _, let ago): return .change(comparison, threshold, ago: ago)
        case .burn(var burn):
            burn.factor = threshold
            return .burn(burn)
        case .band, .absent, .query: return self
        }
    }

    /// Whether the greatest value is the worst; else the least.
    var isWorseAbove: Bool {
        switch self {
        case .number(let comparison, _), .change(let comparison, _, _): comparison == .greater || comparison == .greaterOrEqual
        case .band(_, let side, _): side != .below
        case .absent, .burn: true
        case .query(let query): query.isWorseAbove
        }
    }
}
