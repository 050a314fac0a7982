/// The result of a test of the hypothesis "there is no difference".
public struct TestResult: Hashable, Sendable {
    /// The test's statistic.
    public var statistic: Double
    /// The two-sided p-value: the probability of a statistic at least as extreme if there is no difference.
    public var probability: Double
}
