internal import CoreMetrics

/// The metrics of a workspace, reported through swift-metrics: all names in one place.
struct WorkspaceMetrics: Sendable {
    /// Subscribers of the change feed.
    static let subscribers = "varve_feed_subscribers"
    /// Events delivered by the feed.
    static let delivered = "varve_feed_events_total"
    /// `lagged` steps delivered to subscribers.
    static let lagged = "varve_feed_lagged_total"
    /// The duration of answers about views.
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
