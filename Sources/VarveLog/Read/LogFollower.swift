// Following the log: a thread scans up to the watermark, hands over batch by batch, and waits until the system reports a change
// of the watermark's file. Without notifications it polls the watermark, at an interval that grows from a fraction of a
// millisecond to a few milliseconds.

public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

extension LogReader {
    /// The events from offset `from` on, as they become durable; ends when the task is cancelled. A batch holds at most one
    /// frame. Damaged ranges are reported to `onDamage`, on the follower's thread, and skipped.
    public func follow(
        from offset: Offset, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: @escaping @Sendable (DamagedRange) -> Void = { _ in }
    ) -> LogFollower {
        LogFollower(reader: self, offset: offset, select: select, filter: filter, onDamage: onDamage)
    }

    /// The same on the calling thread, which it blocks. Calls `body` with each batch until `body` throws.
    public func followHere(
        from offset: Offset, select: ColumnSelection = .all, where filter: LogFilter = LogFilter(),
        onDamage: (DamagedRange) -> Void = { _ in }, _ body: (EventBatch) throws -> Void
    ) throws {
        try follow(from: offset, LogScan(self, select, filter), onDamage, isOver: { false }, watch(), body)
    }

    /// Scans up to the watermark repeatedly, and waits for `watch` while there is nothing new.
    fileprivate func follow(
        from offset: Offset, _ scan: LogScan, _ onDamage: (DamagedRange) -> Void, isOver: () -> Bool,
        _ watch: DirectoryWatch, _ body: (EventBatch) throws -> Void
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
                watch.wait(pause: pause, atMost: LogLimits.watchNanoseconds)
                pause = Swift.min(pause * 2, LogLimits.pollNanoseconds)
            }
        }
    }
}

/// The sequence that `LogReader.follow` returns.
public struct LogFollower: AsyncSequence, Sendable {
    public typealias Element = EventBatch
    public typealias Failure = any Error

    let reader: LogReader
    let offset: Offset
    let select: ColumnSelection
    let filter: LogFilter
    let onDamage: @Sendable (DamagedRange) -> Void

    public func makeAsyncIterator() -> Iterator {
        let queue = BatchQueue(reader.watch())
        let follower = self
        startBlockingThread { follower.run(queue) }
        return Iterator(lifetime: BatchQueueLifetime(queue))
    }

    public struct Iterator: AsyncIteratorProtocol {
        let lifetime: BatchQueueLifetime

        public mutating func next() async throws -> EventBatch? {
            try await next(isolation: nil)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> EventBatch? {
            let queue = lifetime.queue
            let result: Result<EventBatch?, any Error> = await withTaskCancellationHandler {
                await withUnsafeContinuation { continuation in queue.take { continuation.resume(returning: $0) } }
            } onCancel: {
                queue.cancel()
            }
            return try result.get()
        }
    }

    private func run(_ queue: BatchQueue) {
        do {
            try reader.follow(
                from: offset, LogScan(reader, select, filter), onDamage, isOver: { queue.isCancelled },
                queue.watch
            ) { batch in
                guard queue.put(batch) else { throw CancellationError() }
            }
            queue.finish(nil)
        } catch is CancellationError {
            queue.finish(nil)
        } catch {
            queue.finish(error)
        }
    }
}

/// Ends the follower's thread when the iterator is released.
final class BatchQueueLifetime: Sendable {
    let queue: BatchQueue
    init(_ queue: BatchQueue) { self.queue = queue }
    deinit { queue.cancel() }
}

/// A bounded queue of batches between a blocking thread and an awaiting task.
final class BatchQueue: Sendable {
    private struct State {
        var batches: [EventBatch] = []
        var consumer: (@Sendable (Result<EventBatch?, any Error>) -> Void)?
        var isCancelled = false
        var end: Result<EventBatch?, any Error>?
    }

    /// What the follower waits for when there is nothing new.
    let watch: DirectoryWatch
    private let state = Monitor(State())

    init(_ watch: DirectoryWatch) { self.watch = watch }

    var isCancelled: Bool { state.withLock(notify: false) { $0.isCancelled } }

    /// Adds a batch; blocks while the queue is full. Returns false once the consumer is gone.
    func put(_ batch: EventBatch) -> Bool {
        let consumer = state.wait { state -> (@Sendable (Result<EventBatch?, any Error>) -> Void)?? in
            if state.isCancelled { return .some(nil) }
            if let consumer = state.consumer {
                state.consumer = nil
                return consumer
            }
            guard state.batches.count < LogLimits.followAhead else { return nil }
            state.batches.append(batch)
            return .some(nil)
        }
        consumer?(.success(batch))
        return !isCancelled
    }

    func take(_ consumer: @escaping @Sendable (Result<EventBatch?, any Error>) -> Void) {
        let ready: Result<EventBatch?, any Error>? = state.withLock { state in
            if state.isCancelled { return .success(nil) }
            if !state.batches.isEmpty { return .success(state.batches.removeFirst()) }
            if let end = state.end { return end }
            state.consumer = consumer
            return nil
        }
        if let ready { consumer(ready) }
    }

    func cancel() {
        let consumer = state.withLock { state in
            state.isCancelled = true
            defer { state.consumer = nil }
            return state.consumer
        }
        watch.wake()
        consumer?(.success(nil))
    }

    func finish(_ error: (any Error)?) {
        let end: Result<EventBatch?, any Error> = error.map { .failure($0) } ?? .success(nil)
        let consumer = state.withLock { state in
            state.end = end
            defer { state.consumer = nil }
            return state.consumer
        }
        consumer?(end)
    }
}
