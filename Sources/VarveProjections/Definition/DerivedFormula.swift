/// How a derived column is computed.
public enum DerivedFormula: Hashable, Sendable {
    case ratio(of: [String], over: [String])
    case mean(of: String)
    case ratePerSecond(of: String)
}
