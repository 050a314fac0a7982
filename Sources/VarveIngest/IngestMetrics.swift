internal import CoreMetrics

/// The metrics of ingestion, reported through swift-metrics: all names in one place.
struct IngestMetrics: Sendable {
    /// Records by outcome: `appended`, `duplicate` or `rejected`. Their sum is the number received.
    static let records = "varve_ingest_records_total"
    /// The duration of appends, from submission to durable.
    static let appends = "varve_append_duration"

    private let appended = Counter(label: records, dimensions: [("outcome", "appended")])
    private let duplicate = Counter(label: records, dimensions: [("outcome", "duplicate")])
    private let rejected = Counter(label: records, dimensions: [("outcome", "rejected")])
    private let appendTime = Timer(label: appends)

    /// Adds the records counted since the last call.
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
