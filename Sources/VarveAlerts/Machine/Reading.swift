/// What one evaluation saw of one series.
public enum Reading: Hashable, Sendable {
    /// A value, what it was compared with, and whether the condition holds.
    case value(Double, threshold: Double?, holds: Bool)
    /// Nothing was measured, or too little.
    case absent(Absence)

    public enum Absence: String, Hashable, Sendable {
        case noRows = "no events"
        case tooFew = "too few events"
        case noValue = "no value"
    }

    var value: Double? { if case .value(let value, _, _) = self { value } else { nil } }
    var threshold: Double? { if case .value(_, let threshold, _) = self { threshold } else { nil } }
}
