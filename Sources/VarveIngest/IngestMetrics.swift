internal import CoreMetrics

/// What the way into a log measures of itself, through swift-metrics: all names in one place.
struct IngestMetrics: Sendable {
    /// Records, by what became of them: `appended`, `duplicate` or `rejected`. Their sum is what was received.
    static let records = "varve_ingest_records_total"
    /// How long appends took, from handing in to durable.
    static let appends = "varve_append_duration"

    private let appended = Counter(label: records, dimensions: [("outcome", "appended")])
    private let duplicate = Counter(label: records, dimensions: [("outcome", "duplicate")])
    private let rejected = Counter(label: records, dimensions: [("outcome", "rejected")])
    private let appendTime = Timer(label: appends)

    /// Adds what has become of records since the last time.
    func add(_ news: (appended: Int, duplicate: Int, rejected: Int)) {
        if news.appended > 0 { appended.increment(by: news.appended) }
        if news.duplicate > 0 { duplicate.increment(by: news.duplicate) }
        if news.rejected > 0 { rejected.increment(by: news.rejected) }
    }

    func appendTook(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        appendTime.recordNanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}
