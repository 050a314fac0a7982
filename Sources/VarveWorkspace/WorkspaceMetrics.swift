internal import CoreMetrics

/// What a workspace measures of itself, through swift-metrics: all names in one place.
struct WorkspaceMetrics: Sendable {
    /// Subscribers of the change feed.
    static let subscribers = "varve_feed_subscribers"
    /// Events that the feed handed out.
    static let delivered = "varve_feed_events_total"
    /// How often a subscriber was told that it is far behind.
    static let lagged = "varve_feed_lagged_total"
    /// How long an answer about a view took.
    static let answers = "varve_answer_duration"

    private let subscribersNow = Gauge(label: subscribers)
    private let deliveredSoFar = Counter(label: delivered)
    private let laggedSoFar = Counter(label: lagged)
    private let answerTime = Timer(label: answers)

    func subscribed(_ count: Int) { subscribersNow.record(count) }
    func delivered(_ count: Int) { deliveredSoFar.increment(by: count) }
    func lagged() { laggedSoFar.increment() }
    func answered(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        answerTime.recordNanoseconds(seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000)
    }
}
