public import VarveProjections

/// How a value is compared with a number. The analysis has a comparison too; this is the views'.
public typealias RuleComparison = VarveProjections.Comparison

extension RuleComparison {
    /// As rules write it.
    init?(symbol: String) {
        let symbol = symbol == "==" ? "=" : symbol
        guard let found = RuleComparison.allCases.first(where: { $0.symbol == symbol }) else { return nil }
        self = found
    }

    func holds(_ value: Double, _ number: Double) -> Bool {
        switch self {
        case .equal: value == number
        case .notEqual: value != number
        case .less: value < number
        case .lessOrEqual: value <= number
        case .greater: value > number
        case .greaterOrEqual: value >= number
        }
    }
}
