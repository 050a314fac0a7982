/// Whether a number that should be small, such as a response time, has grown between two periods.
public struct PerformanceRegression: Hashable, Sendable {
    /// The medians.
    public var before: Double
    public var after: Double
    /// The probability of ranks as different without a change (Mann and Whitney, 1947).
    public var probability: Double
    public var ratio: Double { before > 0 ? after / before : .infinity }

    /// A change counts if the median has grown by a fifth at least, and the ranks differ with a probability below this.
    public static let probabilityLimit = 0.01
    public static let ratioLimit = 1.2
    /// The number of values that each period needs.
    public static let fewest = 6

    /// Nil if there is no regression, or too few values.
    public init?(before: [Double], after: [Double]) {
        guard before.count >= Self.fewest, after.count >= Self.fewest,
            let test = Comparison.mannWhitney(before, after), test.probability < Self.probabilityLimit
        else { return nil }
        (self.before, self.after, probability) = (Summary.median(before), Summary.median(after), test.probability)
        guard self.after > 0, ratio >= Self.ratioLimit else { return nil }
    }
}
