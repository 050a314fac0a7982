internal import VarvePromQL
internal import VarveWorkspace

/// The series of a workspace as rules see them. A view's sample stands at the start of its bucket, and what it says changes until
/// the bucket is over. Here it stands at the bucket's end and holds until the next: what a rule saw is what it sees later.
struct WholeBuckets: SeriesSource {
    let series: WorkspaceSeries

    /// The longest bucket.
    private static let day: Int64 = 86_400_000

    func select(_ matchers: [LabelMatcher], from: Int64, to: Int64) throws -> [SampleSeries] {
        let names = matchers.filter { $0.name == Label.metricName }
        // Only where a view is asked must be looked further back, which costs.
        let asksViews = !names.isEmpty && series.viewMetrics.contains { metric in names.allSatisfy { $0.matches(metric.name) } }
        return try series.select(matchers, from: asksViews ? from - 2 * Self.day : from, to: to).compactMap { one in
            guard let length = one.holds else { return one }
            var moved = SampleSeries(one.labels, times: [], values: [], holds: length)
            for (time, value) in zip(one.times, one.values) where time + length <= to && time + 2 * length >= from {
                moved.append(time + length, value)
            }
            return moved.times.isEmpty ? nil : moved
        }
    }
}
