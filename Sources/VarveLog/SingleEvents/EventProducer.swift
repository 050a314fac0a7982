// A producer that does not wait for each event:
//
//     send ─▶ 7 ┐
//     send ─▶ 8 ├── on their way, at most a window ──▶ log ──▶ handler: events 4 ..< 7, offsets 90 ..< 93
//     send ─▶ 9 ┘

internal import Synchronization
public import VarveEvents

/// Appends single events without waiting for each: `send` returns when the event is taken, and a handler is told when it is
/// durable. Made by `EventAppender.producer`.
///
///     let producer = events.producer { acknowledgement in
///         if case .failure(let error) = acknowledgement.result { report(error, acknowledgement.events) }
///     }
///     for await event in telemetry { try await producer.send(event) }
///     let counts = await producer.flush()
///
/// Every event that `send` has taken is acknowledged exactly once, in the order in which they were taken, which is their order
/// in the log. When some fail (the disk is full), later ones may be appended nevertheless. Several tasks may send, and a producer
/// that is let go of is told to the end.
public final class EventProducer: Sendable {
    private struct State {
        var counts = ProducerCounts()
        /// Raw bytes of the events on their way.
        var bytes = 0
        var place: LanePlace
        /// Wait for room.
        var senders: [UnsafeContinuation<Void, Never>] = []
        /// Wait until so many are acknowledged.
        var flushes: [(sent: UInt64, caller: UnsafeContinuation<Void, Never>)] = []
    }

    /// How many events may be on their way.
    public let window: Int
    private let open: OpenEvents
    private let handler: @Sendable (Acknowledgement) -> Void
    private let state: Mutex<State>

    init(_ open: OpenEvents, window: Int, _ handler: @escaping @Sendable (Acknowledgement) -> Void) {
        self.open = open
        self.window = max(1, window)
        self.handler = handler
        state = Mutex(State(place: open.firstPlace()))
    }

    /// Takes `event`, and returns its number: 0, 1, 2 … of this producer. Waits only while the window is full: `window` events,
    /// or 16 MiB of them, are on their way. The log gives the append time, so `observed` is left out.
    ///
    /// A task that is cancelled meanwhile goes on waiting: what is on its way is answered by the next sync.
    ///
    /// - Throws: `.batchRefused` when the event breaks a limit, and what ended the log when it takes no more, `.closed` for one.
    ///   The event was not taken then, has no number, and the handler is told nothing of it.
    @discardableResult
    nonisolated(nonsending) public func send(_ event: Event) async throws(LogError) -> UInt64 {
        let bytes = try event.checkedBytes()
        while true {
            if let number = try take(event, bytes) { return number }
            await room(for: bytes)
        }
    }

    /// Waits until every event sent before is acknowledged and the handler has been told.
    @discardableResult
    nonisolated(nonsending) public func flush() async -> ProducerCounts {
        let sent = state.withLock { $0.counts.sent }
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            let isDone = state.withLock { state in
                if state.counts.acknowledged >= sent { return true }
                state.flushes.append((sent, caller))
                return false
            }
            if isDone { caller.resume() }
        }
        return counts
    }

    /// As of now.
    public var counts: ProducerCounts { state.withLock { $0.counts } }

    /// The event's number; nil when the window is full.
    func take(_ event: Event, _ bytes: Int) throws(LogError) -> UInt64? {
        try state.withLock { state throws(LogError) in
            if isFull(state, bytes) {
                open.leave(state.place, self)
                return nil
            }
            let number = state.counts.sent
            try open.add(event, bytes, of: self, number, &state.place)
            state.counts.sent = number + 1
            state.bytes += bytes
            return number
        }
    }

    private func isFull(_ state: borrowing State, _ bytes: Int) -> Bool {
        let onTheirWay = state.counts.sent - state.counts.acknowledged
        return onTheirWay >= UInt64(window) || onTheirWay > 0 && state.bytes + bytes > LogLimits.producerBytes
    }

    /// Waits until there may be room for an event of `bytes`.
    nonisolated(nonsending) private func room(for bytes: Int) async {
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            let waits = state.withLock { state in
                // Nobody would wake it when nothing is on its way; then it is not full.
                guard isFull(state, bytes) else { return false }
                state.senders.append(caller)
                return true
            }
            if !waits { caller.resume() }
        }
    }

    // MARK: Told by `EventAnswers`, one call at a time

    func acknowledge(_ run: EventRun, _ result: Result<Receipt, LogError>) {
        handler(Acknowledgement(events: run.first..<run.first + UInt64(run.count), result: result))
        state.withLock { state in
            state.bytes -= run.bytes
            switch result {
            case .failure: state.counts.failed += UInt64(run.count)
            case .success(let receipt):
                state.counts.appended += UInt64(receipt.appended)
                state.counts.duplicate += UInt64(receipt.duplicates.count)
            }
        }
    }

    /// Wakes who waits for a flush, and as many of those who wait for room as there is room for: others would only look. When
    /// nothing is on its way all are woken, for nothing would wake the others if these send nothing (the log is at its end).
    func wake() {
        let callers = state.withLock { state in
            let acknowledged = state.counts.acknowledged
            var callers = state.flushes.filter { $0.sent <= acknowledged }.map(\.caller)
            state.flushes.removeAll { $0.sent <= acknowledged }
            let onTheirWay = state.counts.sent - acknowledged
            let room = UInt64(window) - min(onTheirWay, UInt64(window))
            let woken = onTheirWay == 0 ? state.senders.count : min(state.senders.count, Int(room))
            callers += state.senders.prefix(woken)
            state.senders.removeFirst(woken)
            return callers
        }
        for caller in callers { caller.resume() }
    }
}
