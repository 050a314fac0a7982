/// Whether more of a number is good: sales, or errors.
public enum Polarity: String, CaseIterable, Sendable {
    case higherIsBetter = "higher_is_better"
    case lowerIsBetter = "lower_is_better"
    case neutral

    /// What a change means: `better`, `worse`, or `changed`; `same` for none.
    public func verdict(_ change: Double) -> String {
        if change == 0 { return "same" }
        switch self {
        case .neutral: return "changed"
        case .higherIsBetter: return change > 0 ? "better" : "worse"
        case .lowerIsBetter: return change < 0 ? "better" : "worse"
        }
    }
}
