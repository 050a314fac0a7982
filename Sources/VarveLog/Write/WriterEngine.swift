// The two threads of a writer. The first plans and encodes the next group while the second writes and syncs the previous one:
//
//     append() ──▶ queue ──▶ encoder thread ──▶ ready (≤ 1 group) ──▶ sync thread ──▶ receipts
//
// What arrives during a sync becomes the next group; nothing else determines the size of groups. Single events wait in open
// columns (OpenEvents.swift) and are taken when the encoder thread is about to encode. When a commit fails, the sync thread
// pauses and the encoder thread handles the failure, so that nothing else uses planner or appender meanwhile.
//
// Appends of level `interval` are answered when they are written. The sync thread then waits for more work until the core says
// that a sync is due, and syncs; it also syncs before it ends.

internal import VarveDisk
internal import VarveEvents

final class WriterEngine: @unchecked Sendable {
    private struct State {
        var queue: [WaitingAppend] = []
        var queuedRows = 0
        /// Sources of single events that have some.
        var open: [OpenEvents] = []
        var ready: [ReadyGroup] = []
        var isSyncing = false
        /// When events that were acknowledged before being durable must be synced; nil when there are none. Set by the thread
        /// that used the appender.
        var syncDue: Int64?
        /// Set by the sync thread after a failed commit; cleared by the encoder thread when the failure is handled.
        var failed: (groups: [ReadyGroup], failure: CommitFailure)?
        var durable = Offset(0)
        var isClosing = false
        var encoderEnded = false
        /// The error for all further appends; set once the writer can accept no more.
        var end: LogError?
        var closeReplies: [@Sendable (LogError?) -> Void] = []
        var hasClosed = false
        var closeError: LogError?
    }

    /// The encoder thread uses its planner and the sync thread its appender; see above for failures.
    private let core: LogCore
    private let seals: SealThread
    private let state: Monitor<State>
    private let elapsed: @Sendable () -> Int64

    init(_ core: LogCore, _ seals: SealThread, elapsed: @escaping @Sendable () -> Int64) {
        self.core = core
        self.seals = seals
        self.elapsed = elapsed
        var state = State()
        state.durable = core.appender.durable
        self.state = Monitor(state)
        startBlockingThread { self.encode() }
        startBlockingThread { self.sync() }
    }

    func submit(_ append: WaitingAppend) {
        let refusal: LogError? = state.withLock { state in
            if let end = state.end { return end }
            if state.isClosing { return Self.closed }
            state.queue.append(append)
            state.queuedRows += append.batch.rowCount
            return nil
        }
        if let refusal { append.reply(.failure(refusal)) }
    }

    /// Registers `events` as having single events. Returns the reason if nobody will take them; that is only after everything
    /// before has been answered, so that a producer gets its acknowledgements in order.
    func encodeSoon(_ events: OpenEvents) -> LogError? {
        state.withLock { state in
            if state.hasClosed { return state.end ?? Self.closed }
            if !state.open.contains(where: { $0 === events }) { state.open.append(events) }
            return nil
        }
    }

    private static let closed = LogError(.closed, "the log was closed; open it again to append")

    /// Ends both threads once everything submitted is answered.
    func close(_ reply: @escaping @Sendable (LogError?) -> Void) {
        let done: Bool = state.withLock { state in
            state.isClosing = true
            if !state.hasClosed { state.closeReplies.append(reply) }
            return state.hasClosed
        }
        if done { reply(state.withLock { $0.closeError }) }
    }

    // MARK: Encoder thread

    private enum Work {
        case encode([WaitingAppend], [OpenEvents], Offset, end: LogError?)
        case refuse([OpenEvents], LogError)
        case recover([ReadyGroup], CommitFailure)
        case stop
    }

    private func encode() {
        /// Taken from the queue but not yet in a group.
        var backlog: [WaitingAppend] = []
        while true {
            switch nextWork(backlogRows: backlog.reduce(0) { $0 + $1.batch.rowCount }, isEmpty: backlog.isEmpty) {
            case .encode(let more, let open, let durable, let end):
                backlog += more
                for events in open { backlog += events.take(end: end) }
                // A signal during `take` may find nothing left to take.
                if backlog.isEmpty { continue }
                let stamped = backlog.map { StampedBatch(batch: $0.batch, stamp: $0.stamp, durability: $0.durability) }
                let group = core.plan(stamped[...], durable: durable)
                let ready = ReadyGroup(group: group, callers: Array(backlog.prefix(group.replies.count)))
                backlog.removeFirst(group.replies.count)
                state.withLock { $0.ready.append(ready) }
            case .refuse(let open, let error):
                for events in open { events.refuse(error) }
            case .recover(let groups, let failure):
                let outcomes = core.recover(groups.map(\.group), failure)
                let end = core.end
                state.withLock { state in
                    state.durable = core.appender.durable
                    state.syncDue = core.syncDue
                    state.end = state.end ?? end
                    state.failed = nil
                    state.isSyncing = false
                }
                for (group, outcome) in zip(groups, outcomes) { group.answer(outcome) }
                if let end {
                    for caller in backlog { caller.reply(.failure(end)) }
                    backlog.removeAll()
                }
            case .stop:
                state.withLock { $0.encoderEnded = true }
                return
            }
        }
    }

    private func nextWork(backlogRows: Int, isEmpty: Bool) -> Work {
        state.wait { state -> Work? in
            if let failed = state.failed {
                let groups = failed.groups + state.ready
                state.ready.removeAll()
                return .recover(groups, failed.failure)
            }
            if let end = state.end {
                for caller in state.queue { caller.reply(.failure(end)) }
                state.queue.removeAll()
                state.queuedRows = 0
                defer { state.open.removeAll() }
                if !state.open.isEmpty { return .refuse(state.open, end) }
            }
            if isEmpty, state.queue.isEmpty, state.open.isEmpty {
                // A running sync may still fail, and the failure is handled on this thread.
                let isIdle = state.ready.isEmpty && !state.isSyncing && state.syncDue == nil
                return state.isClosing && isIdle ? .stop : nil
            }
            // During a sync, few rows wait for more to come; many are worth encoding now.
            let areMany =
                backlogRows + state.queuedRows >= LogLimits.rowsWorthOverlap || state.open.contains { $0.areMany }
            guard state.ready.isEmpty, !state.isSyncing || areMany else { return nil }
            defer {
                state.queue.removeAll()
                state.queuedRows = 0
                state.open.removeAll()
            }
            return .encode(state.queue, state.open, state.durable, end: state.isClosing ? Self.closed : nil)
        }
    }

    // MARK: Sync thread

    private enum SyncWork {
        /// Without groups: a sync of earlier acknowledged events is due.
        case commit([ReadyGroup])
        case checkAgain
        case stop
    }

    private func sync() {
        while true {
            let groups: [ReadyGroup]
            switch nextSync() {
            case .checkAgain: continue
            case .stop: return finish()
            case .commit(let found): groups = found
            }
            switch core.tryCommit(groups.map(\.group), syncing: groups.isEmpty) {
            case .success(let outcomes):
                state.withLock { state in
                    state.durable = core.appender.durable
                    state.syncDue = core.syncDue
                    state.isSyncing = false
                }
                for (group, outcome) in zip(groups, outcomes) { group.answer(outcome) }
            case .failure(let failure):
                state.withLock { $0.failed = (groups, failure) }
            }
        }
    }

    /// Waits for groups, but no longer than until a sync is due.
    private func nextSync() -> SyncWork {
        let due = state.withLock(notify: false) { $0.failed == nil ? $0.syncDue : nil }
        let check = { (state: inout State) -> SyncWork? in
            if state.failed != nil { return nil }
            if !state.ready.isEmpty || state.isClosing && state.syncDue != nil {
                defer { state.ready.removeAll() }
                state.isSyncing = true
                return .commit(state.ready)
            }
            if state.encoderEnded { return .stop }
            return state.syncDue == due ? nil : .checkAgain
        }
        guard let due else { return state.wait(check) }
        // Wake up at least once a second, because a test's clock may run faster than the wait.
        let pause = min(due &- elapsed(), 1_000_000_000)
        if pause > 0 { return state.wait(atMost: pause, check) ?? .checkAgain }
        return state.withLock { state in
            if let work = check(&state) { return work }
            state.isSyncing = true
            return .commit([])
        }
    }

    private func finish() {
        seals.close()
        var closeError: LogError?
        do { try core.finish() } catch { closeError = LogError(error) }
        let (replies, late, end) = state.withLock { state in
            state.hasClosed = true
            state.closeError = closeError
            defer { state.open = [] }
            return (state.closeReplies, state.open, state.end)
        }
        for events in late { events.refuse(end ?? Self.closed) }
        for reply in replies { reply(closeError) }
    }
}
