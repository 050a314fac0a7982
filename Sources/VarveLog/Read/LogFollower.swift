// Following: a thread of its own scans up to the watermark, hands over batch by batch, and looks at the watermark again, at
// first after a fraction of a millisecond and later every few.

public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

extension LogReader {
    /// The events from offset `from` on, as they become durable; it ends when the task is cancelled. A batch is at most one
    /// frame. Damaged ranges go to `onDamage`, on the follower's thread, and the rest goes on.
    public func follow(
        from offset: Offset, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: @escaping @Sendable (DamagedRange) -> Void = { _ in }
    ) -> LogFollower {
        LogFollower(reader: self, offset: offset, select: select, filter: filter, onDamage: onDamage)
    }

    /// The same on the caller's thread, which it blocks: calls `body` with each batch, until that throws.
    public func followHere(
        from offset: Offset, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws {
        let sleeper = HandOver()
        try follow(
            from: offset, LogScan(self, select, filter), onDamage, isOver: { false }, sleep: { sleeper.sleep($0) }, body)
    }

    /// Scans up to the watermark, again and again. Sleeps when there is nothing new, at first for a fraction of a millisecond.
    fileprivate func follow(
        from offset: Offset, _ scan: LogScan, _ onDamage: (DamagedRange) -> Void, isOver: () -> Bool,
        sleep: (Int64) -> Void, _ body: (EventBatch) throws -> Void
    ) throws {
        var scan = scan
        var position = offset.value
        var pause: Int64 = 200_000
        while !isOver() {
            let durable = try durable().value
            if durable > position {
                try scan.run(position..<durable, onDamage, body)
                position = durable
                pause = 200_000
            } else {
                sleep(pause)
                pause = Swift.min(pause * 2, LogLimits.pollNanoseconds)
            }
        }
    }
}

/// See `LogReader.follow`.
public struct LogFollower: AsyncSequence, Sendable {
    public typealias Element = EventBatch
    public typealias Failure = any Error

    let reader: LogReader
    let offset: Offset
    let select: ColumnSelection
    let filter: LogFilter
    let onDamage: @Sendable (DamagedRange) -> Void

    public func makeAsyncIterator() -> Iterator {
        let hand = HandOver()
        let follower = self
        startBlockingThread { follower.run(hand) }
        return Iterator(lifetime: HandOverLifetime(hand))
    }

    public struct Iterator: AsyncIteratorProtocol {
        let lifetime: HandOverLifetime

        public mutating func next() async throws -> EventBatch? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> EventBatch? {
            let hand = lifetime.hand
            let result: Result<EventBatch?, any Error> = await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in hand.take { continuation.resume(returning: $0) } }
            } onCancel: {
                hand.cancel()
            }
            return try result.get()
        }
    }

    private func run(_ hand: HandOver) {
        do {
            try reader.follow(
                from: offset, LogScan(reader, select, filter), onDamage, isOver: { hand.isCancelled },
                sleep: { hand.sleep($0) }
            ) { batch in
                guard hand.give(batch) else { throw CancellationError() }
            }
            hand.finish(nil)
        } catch is CancellationError {
            hand.finish(nil)
        } catch {
            hand.finish(error)
        }
    }
}

/// Ends the thread when the iterator is gone.
final class HandOverLifetime: Sendable {
    let hand: HandOver
    init(_ hand: HandOver) { self.hand = hand }
    deinit { hand.cancel() }
}

/// A few batches between a thread that blocks and a task that awaits.
final class HandOver: Sendable {
    private struct State {
        var batches: [EventBatch] = []
        var taker: (@Sendable (Result<EventBatch?, any Error>) -> Void)?
        var isCancelled = false
        var end: Result<EventBatch?, any Error>?
    }

    private let state = Monitor(State())

    var isCancelled: Bool { state.withLock(notify: false) { $0.isCancelled } }

    /// Blocks while the taker is behind. False when nobody takes any more.
    func give(_ batch: EventBatch) -> Bool {
        let taker = state.wait { state -> (@Sendable (Result<EventBatch?, any Error>) -> Void)?? in
            if state.isCancelled { return .some(nil) }
            if let taker = state.taker {
                state.taker = nil
                return taker
            }
            guard state.batches.count < LogLimits.followAhead else { return nil }
            state.batches.append(batch)
            return .some(nil)
        }
        taker?(.success(batch))
        return !isCancelled
    }

    func take(_ taker: @escaping @Sendable (Result<EventBatch?, any Error>) -> Void) {
        let ready: Result<EventBatch?, any Error>? = state.withLock { state in
            if state.isCancelled { return .success(nil) }
            if !state.batches.isEmpty { return .success(state.batches.removeFirst()) }
            if let end = state.end { return end }
            state.taker = taker
            return nil
        }
        if let ready { taker(ready) }
    }

    func cancel() {
        let taker = state.withLock { state in
            state.isCancelled = true
            defer { state.taker = nil }
            return state.taker
        }
        taker?(.success(nil))
    }

    func finish(_ error: (any Error)?) {
        let end: Result<EventBatch?, any Error> = error.map { .failure($0) } ?? .success(nil)
        let taker = state.withLock { state in
            state.end = end
            defer { state.taker = nil }
            return state.taker
        }
        taker?(end)
    }

    /// Sleeps, but not longer than it takes to be cancelled.
    func sleep(_ nanoseconds: Int64) {
        _ = state.wait(atMost: nanoseconds) { $0.isCancelled ? () : nil }
    }
}
