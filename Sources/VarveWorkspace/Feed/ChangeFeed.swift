// One watcher for a log and any number of subscribers. A subscriber has a cursor and no queue: whatever it has not read is in
// the log. The watcher's thread waits for the watermark to move and wakes waiting subscribers. A few reader threads read for all
// of them, and subscribers at the same offset share one read.
//
//     log/durable ──inotify──▶ watcher thread ──wakes──▶ subscribers ──ask──▶ reader threads ──block──▶ subscribers

internal import Synchronization
internal import VarveDisk
public import VarveEvents
public import VarveLog

/// Delivers new events of one log as they become durable.
///
///     for try await step in feed.subscribe(from: offset) {
///         if case .events(let block) = step { … }
///     }
public final class ChangeFeed: Sendable {
    let reader: LogReader
    let options: FeedOptions
    let blocks: BlockReaders
    let metrics = WorkspaceMetrics()
    private let watch: DirectoryWatch

    private struct State: Sendable {
        var durable: UInt64 = 0
        var isRunning = false
        var isStopped = false
        var subscribers = 0
        var nextWaiter: UInt64 = 0
        /// Subscribers that wait for the watermark to pass the offset they know.
        var waiters: [UInt64: UnsafeContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    /// A feed of the log of `reader`. Its watcher starts with the first subscriber.
    public init(_ reader: LogReader, options: FeedOptions = FeedOptions()) {
        self.reader = reader
        self.options = options
        blocks = BlockReaders(reader, threads: options.readers)
        watch = reader.watch(polls: options.polls)
    }

    deinit {
        watch.wake()
        blocks.stop()
    }

    /// The events from `offset` on, as they become durable. It ends when the task is cancelled or the feed is stopped.
    public func subscribe(from offset: Offset, where filter: LogFilter = LogFilter()) -> FeedSubscription {
        FeedSubscription(feed: self, offset: offset, filter: filter)
    }

    /// The watermark as last seen by the watcher: the start offset for a subscriber that wants only new events.
    public var durable: Offset {
        start()
        return Offset(state.withLock { $0.durable })
    }

    /// The current number of subscribers.
    public var subscriberCount: Int { state.withLock { $0.subscribers } }

    /// Whether the operating system reports file changes; otherwise the feed polls.
    public var isNotified: Bool { watch.isNotified }

    /// Ends the feed: every subscriber receives `stopping` as its last step.
    public func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiting.values { waiter.resume() }
        watch.wake()
        blocks.stop()
    }

    var isStopped: Bool { state.withLock { $0.isStopped } }

    func join() {
        metrics.subscribed(
            state.withLock { state in
                state.subscribers += 1
                return state.subscribers
            })
        start()
    }

    func leave() {
        metrics.subscribed(
            state.withLock { state in
                state.subscribers -= 1
                return state.subscribers
            })
    }

    /// Waits until the watermark is past `offset`, or the task is cancelled or the feed stopped. Returns the watermark.
    func wait(past offset: UInt64) async -> UInt64 {
        let id = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let isReady = state.withLock { state in
                    if state.durable > offset || state.isStopped || Task.isCancelled { return true }
                    state.waiters[id] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
            return state.withLock { $0.durable }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: id) }?.resume()
        }
    }

    private func start() {
        let isFirst = state.withLock { state in
            defer { state.isRunning = true }
            return !state.isRunning
        }
        guard isFirst else { return }
        publish()
        let watch = watch
        let pause = options.pollNanoseconds
        startBlockingThread { [weak self] in
            while true {
                watch.wait(pause: pause)
                guard let self, !self.isStopped else { return }
                self.publish()
            }
        }
    }

    /// Reads the watermark, and wakes all waiting subscribers if it has moved.
    private func publish() {
        guard let durable = try? reader.durable().value else { return }
        let waiting = state.withLock { state -> [UInt64: UnsafeContinuation<Void, Never>] in
            guard durable > state.durable else { return [:] }
            state.durable = durable
            defer { state.waiters = [:] }
            return state.waiters
        }
        for waiter in waiting.values { waiter.resume() }
    }
}
