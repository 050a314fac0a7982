// A producer that does not wait for each of its events:
//
//     send ─▶ 7 ┐
//     send ─▶ 8 ├── in flight, at most a window ──▶ log ──▶ handler: events 4 ..< 7, offsets 90 ..< 93
//     send ─▶ 9 ┘

internal import Synchronization
public import VarveEvents

/// Appends single events without waiting for each: `send` returns when the event is accepted, and a handler is called when it
/// is durable. Created by `EventAppender.producer`.
///
///     let producer = events.producer { acknowledgement in
///         if case .failure(let error) = acknowledgement.result { report(error, acknowledgement.events) }
///     }
///     for await event in telemetry { try await producer.send(event) }
///     let counts = await producer.flush()
///
/// Every accepted event is acknowledged exactly once, in the order of acceptance, which is their order in the log. If some fail
/// (the disk is full), later ones may still be appended. Several tasks may send. A released producer still receives its
/// remaining acknowledgements.
public final class EventProducer: Sendable {
    private struct State {
        var counts = ProducerCounts()
        /// Raw bytes of the events in flight.
        var bytes = 0
        var place: LanePlace
        /// Callers waiting for window space.
        var senders: [UnsafeContinuation<Void, Never>] = []
        /// Callers waiting until this many events are acknowledged.
        var flushes: [(sent: UInt64, caller: UnsafeContinuation<Void, Never>)] = []
    }

    /// The maximum number of events in flight.
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

    /// Accepts `event` and returns its number: 0, 1, 2 … for this producer. Waits only while the window is full, that is, while
    /// `window` events or 16 MiB are in flight. The log assigns the append time; `observed` is ignored.
    ///
    /// Cancelling the task does not end the wait; the next sync frees the window.
    ///
    /// - Throws: `.batchRefused` when the event exceeds a limit, and the log's final error, for example `.closed`, when it
    ///   accepts no more. The event is then not accepted, gets no number, and is not passed to the handler.
    @discardableResult
    nonisolated(nonsending) public func send(_ event: Event) async throws(LogError) -> UInt64 {
        let bytes = try event.checkedBytes()
        while true {
            if let number = try take(event, bytes) { return number }
            await room(for: bytes)
        }
    }

    /// Waits until every event sent before is acknowledged and the handler has returned.
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

    /// The current counts.
    public var counts: ProducerCounts { state.withLock { $0.counts } }

    /// Accepts an event and returns its number; nil when the window is full.
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
        let inFlight = state.counts.sent - state.counts.acknowledged
        return inFlight >= UInt64(window) || inFlight > 0 && state.bytes + bytes > LogLimits.producerBytes
    }

    /// Waits until there may be room for an event of `bytes`.
    nonisolated(nonsending) private func room(for bytes: Int) async {
        await withUnsafeContinuation { (caller: UnsafeContinuation<Void, Never>) in
            let waits = state.withLock { state in
                // Check again under the lock: with nothing in flight nobody would wake this caller.
                guard isFull(state, bytes) else { return false }
                state.senders.append(caller)
                return true
            }
            if !waits { caller.resume() }
        }
    }

    // MARK: Called by `AcknowledgementQueue`, one call at a time

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

    /// Wakes the callers of completed flushes, and as many waiting senders as the window has room for. When nothing is in
    /// flight all are woken, because no later acknowledgement would wake the rest if these do not send (the log has ended).
    func wake() {
        let callers = state.withLock { state in
            let acknowledged = state.counts.acknowledged
            var callers = state.flushes.filter { $0.sent <= acknowledged }.map(\.caller)
            state.flushes.removeAll { $0.sent <= acknowledged }
            let inFlight = state.counts.sent - acknowledged
            let room = UInt64(window) - min(inFlight, UInt64(window))
            let woken = inFlight == 0 ? state.senders.count : min(state.senders.count, Int(room))
            callers += state.senders.prefix(woken)
            state.senders.removeFirst(woken)
            return callers
        }
        for caller in callers { caller.resume() }
    }
}
