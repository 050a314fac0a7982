internal import VarveEvents

/// When a projector commits and when it tells where it is. Only this looks at a clock, and nothing of it shows in a view.
struct ProjectorPace {
    /// The log's epoch and active segment, when they were last looked up.
    var epoch: UInt32?
    var segment: Offset?
    /// How long to sleep when there is nothing to do: first, and at most.
    static let shortestPause: Int64 = 500_000
    static let longestPause: Int64 = 5_000_000
    /// How often a projector that has nothing to do says that it lives.
    private static let heartbeat = Duration.seconds(5)

    private let clock = ContinuousClock()
    private let interval: Duration
    private let announcing: Duration
    private var nextCommit: ContinuousClock.Instant
    private var started: ContinuousClock.Instant
    /// How long the commit before took.
    private var before = Duration.zero
    private var announced: ContinuousClock.Instant?
    private var eventsSince: UInt64 = 0
    private var storeLookedAt: ContinuousClock.Instant
    /// How often the store's file is looked for.
    private static let storeInterval = Duration.milliseconds(250)

    init(_ options: ProjectorOptions) {
        interval = .nanoseconds(options.commitNanoseconds)
        announcing = .nanoseconds(options.registryNanoseconds)
        nextCommit = clock.now
        started = nextCommit
        storeLookedAt = nextCommit
    }

    /// Whether to look for the store's file again; if so, it counts as done.
    mutating func isStoreDue() -> Bool {
        let now = clock.now
        guard now - storeLookedAt >= Self.storeInterval else { return false }
        storeLookedAt = now
        return true
    }

    var mayCommit: Bool { clock.now >= nextCommit }

    /// Whether the position should be made durable and told.
    var isDue: Bool { announced.map { clock.now - $0 >= announcing } ?? true }
    /// Whether it is time to say so even though nothing has moved.
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

    /// When a commit may follow one that took `span`, the one before it having taken `before`. Commits that take long (large
    /// cells are rewritten) come less often, so that no more than a third of the time goes there. A single one that took long was
    /// held up (a disk that syncs, a core that others use): what has come meanwhile must not wait twice as long again.
    static func next(
        after span: Range<ContinuousClock.Instant>, _ before: Duration, _ interval: Duration
    ) -> ContinuousClock.Instant {
        let work = min(span.upperBound - span.lowerBound, before)
        return max(span.lowerBound + interval, span.upperBound + work * 2)
    }

    /// Notes that the position was told; returns events per second since the last time.
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
