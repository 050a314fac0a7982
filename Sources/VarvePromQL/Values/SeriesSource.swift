/// Where a query's series come from.
public protocol SeriesSource {
    /// The series that all `matchers` match, with their samples from `from` to `to`, both included, in milliseconds since 1970.
    ///
    /// Each series once, in order of labels. More samples than asked for do no harm; staleness markers are kept in.
    func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries]
}
