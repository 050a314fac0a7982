/// How fast an error budget burns, looked at over a long and a short window: the long one says that it matters, the short one
/// that it goes on.
public struct BudgetBurn: Hashable, Sendable {
    /// The share of good events that is promised: 0.99.
    public var target: Double
    /// Whether the column is the share of good events; else of bad ones.
    public var isGood: Bool
    /// Buckets.
    public var long: Int
    public var short: Int
    /// Fires when both windows burn the budget so many times faster than the target allows.
    public var factor: Double

    /// How many times faster than allowed the budget burns at `share`.
    public func rate(_ share: Double) -> Double {
        let bad = isGood ? 1 - share : share
        return bad / (1 - target)
    }
}
