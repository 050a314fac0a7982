/// What a test of "there is no difference" says.
public struct TestResult: Hashable, Sendable {
    /// The test's statistic.
    public var statistic: Double
    /// How probable one as far out is, to either side, where there is no difference.
    public var probability: Double
}
