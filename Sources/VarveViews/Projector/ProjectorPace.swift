internal import VarveEvents

/// Decides when a projector commits and reports its position. Only this type reads a clock; views do not depend on it.
struct ProjectorPace {
    /// The log's epoch and active segment as last read.
    var epoch: UInt32?
    var segment: Offset?
    /// The first and the longest sleep while there is nothing to do.
    static let shortestPause: Int64 = 500_000
    static let longestPause: Int64 = 5_000_000
    /// The longest wait for a report that the watermark has changed; the store file is checked as often.
    static let longestWait: Int64 = 250_000_000
    /// How often an idle projector reports that it is alive.
    private static let heartbeat = Duration.seconds(5)

    private let clock = ContinuousClock()
    private let interval: Duration
    private let announcing: Duration
    private var nextCommit: ContinuousClock.Instant
    private var started: ContinuousClock.Instant
    /// The duration of the previous commit.
    private var before = Duration.zero
    private var announced: ContinuousClock.Instant?
    private var eventsSince: UInt64 = 0
    private var storeChecked: ContinuousClock.Instant
    /// How often the store's file is checked.
    private static let storeInterval = Duration.milliseconds(250)

    init(_ options: ProjectorOptions) {
        interval = .nanoseconds(options.commitNanoseconds)
        announcing = .nanoseconds(options.registryNanoseconds)
        nextCommit = clock.now
        started = nextCommit
        storeChecked = nextCommit
    }

    /// Whether the store's file should be checked now; if so, records the check.
    mutating func isStoreDue() -> Bool {
        let now = clock.now
        guard now - storeChecked >= Self.storeInterval else { return false }
        storeChecked = now
        return true
    }

    var mayCommit: Bool { clock.now >= nextCommit }

    /// Whether the position should be made durable and reported.
    var isDue: Bool { announced.map { clock.now - $0 >= announcing } ?? true }
    /// Whether a report is due even though nothing has changed.
    var isHeartbeatDue: Bool { announced.map { clock.now - $0 >= Self.heartbeat } ?? true }

    mutating func committing() {
        started = clock.now
    }

    mutating func committed(events: UInt64) {
        let end = clock.now
        nextCommit = Self.next(after: started..<end, before, interval)
        before = end - started
        eventsSince += events
    }

    /// The earliest time for the next commit after one that took `span`; `before` is the duration of the one before it. Long
    /// commits (large cells are rewritten) come less often, so that they take at most a third of the time. A single long commit
    /// was delayed by something else, such as a disk sync or a busy core, and must not delay the events that have come
    /// meanwhile even further; hence the shorter of the two durations counts.
    static func next(
        after span: Range<ContinuousClock.Instant>, _ before: Duration, _ interval: Duration
    ) -> ContinuousClock.Instant {
        let work = min(span.upperBound - span.lowerBound, before)
        return max(span.lowerBound + interval, span.upperBound + work * 2)
    }

    /// Records a report; returns the events per second since the previous one.
    mutating func announce() -> UInt64 {
        let now = clock.now
        defer {
            announced = now
            eventsSince = 0
        }
        guard let announced, now > announced else { return 0 }
        return UInt64(Double(eventsSince) / ((now - announced) / .seconds(1)))
    }
}
