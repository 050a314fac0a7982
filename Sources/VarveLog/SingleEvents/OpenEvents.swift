// Collects single events in columns while the log is busy with earlier ones.
//
//     send() ──┐                 lane 0   columns · runs: who sent the events, in order       ──┐
//     send() ──┴──▶ its lane ──▶ lane 1   columns · runs                                      ──┼──▶ encoder thread
//     append() ─────────────────────────▶ waiting events                                      ──┘    takes all of them
//
// `send` adds its event to columns on the producer's thread. Events of tasks that wait for each one are added by the encoder
// thread, because such tasks switch too often for the columns to stay in their caches. The encoder thread takes what has been
// collected when it has nothing else to encode: an idle log takes an event at once, a busy one thousands with one frame and
// sync.
//
// As long as there are enough lanes, each is filled by one producer at a time: threads do not wait for each other, and events
// of one producer are adjacent and are acknowledged together. A producer stays in its lane until its events there are taken,
// and lanes taken first are encoded first, so each producer's order is kept in the log.

internal import Synchronization
internal import VarveEvents

/// The events of one `EventAppender` that the encoder thread has not taken yet.
final class OpenEvents: Sendable {
    private final class Lane: Sendable {
        let state = Mutex(EventLane())
    }

    private struct WaitingEvent: Sendable {
        var event: Event
        var bytes: Int
        var caller: UnsafeContinuation<Result<Receipt, LogError>, Never>
    }

    private struct Waiting {
        var events: [WaitingEvent] = []
        var end: LogError?
    }

    private let lanes = (0..<LogLimits.eventLanes).map { _ in Lane() }
    /// What the encoder thread has been signalled: 0 nothing, 1 events, 2 many events.
    private let signalled = Atomic(0)
    /// Builders with allocated memory, for lanes whose builder was taken.
    private let spare = Mutex<[BatchBuilder]>([])
    private let waiting = Mutex(Waiting())
    /// Swapped with the waiting events, so that both arrays keep their memory.
    private let drained = Mutex<[WaitingEvent]>([])
    private let producers = Atomic(0)
    private let durability: Durability
    private let signalEncoder: @Sendable (OpenEvents) -> LogError?
    private let acknowledgements = AcknowledgementQueue()

    /// `signalEncoder` signals the encoder thread that `take()` has something to return, or returns the reason why it will not be
    /// called.
    init(_ durability: Durability, signalEncoder: @escaping @Sendable (OpenEvents) -> LogError?) {
        self.durability = durability
        self.signalEncoder = signalEncoder
    }

    /// Whether there are so many events that encoding them pays even while a sync runs.
    var areMany: Bool { signalled.load(ordering: .acquiring) == 2 }

    /// The lane where a new producer starts looking for a free one.
    func firstPlace() -> LanePlace {
        LanePlace(lane: producers.wrappingAdd(1, ordering: .relaxed).oldValue % lanes.count)
    }

    /// Adds an event of a producer whose latest events are at `place`. If it throws, the event was not added.
    func add(
        _ event: Event, _ bytes: Int, of producer: EventProducer, _ number: UInt64, _ place: inout LanePlace
    ) throws(LogError) {
        let latest = place
        let same = try lanes[latest.lane].state.withLock { lane throws(LogError) -> Int? in
            if lane.generation != latest.generation { return nil }
            if let end = lane.end { throw end }
            return lane.add(event, bytes, .producer(producer), number)
        }
        if let same { return signal(same) }
        for step in lanes.indices {
            let index = (latest.lane + step) % lanes.count
            let rows = try lanes[index].state.withLockIfAvailable { lane throws(LogError) -> Int? in
                if lane.owner != nil { return nil }
                if let end = lane.end { throw end }
                lane.owner = ObjectIdentifier(producer)
                place = LanePlace(lane: index, generation: lane.generation)
                return lane.add(event, bytes, .producer(producer), number)
            }
            if let rows, let rows { return signal(rows) }
        }
        // All lanes have an owner; share one.
        let rows = try lanes[latest.lane].state.withLock { lane throws(LogError) in
            if let end = lane.end { throw end }
            place.generation = lane.generation
            return lane.add(event, bytes, .producer(producer), number)
        }
        signal(rows)
    }

    /// Gives up the lane while the producer waits, so that another may fill it.
    func leave(_ place: LanePlace, _ producer: EventProducer) {
        lanes[place.lane].state.withLock { lane in
            if lane.owner == ObjectIdentifier(producer) { lane.owner = nil }
        }
    }

    /// Adds an event whose caller waits for its receipt.
    func add(_ event: Event, _ caller: UnsafeContinuation<Result<Receipt, LogError>, Never>) {
        do throws(LogError) {
            let bytes = try event.checkedBytes()
            let count = try waiting.withLock { waiting throws(LogError) in
                if let end = waiting.end { throw end }
                waiting.events.append(WaitingEvent(event: event, bytes: bytes, caller: caller))
                return waiting.events.count
            }
            signal(count)
        } catch {
            caller.resume(returning: .failure(error))
        }
    }

    /// Signals the encoder thread if it has not been signalled already. `rows` is the number of rows in the lane.
    private func signal(_ rows: Int) {
        let level = rows >= LogLimits.rowsWorthOverlap ? 2 : 1
        guard signalled.load(ordering: .acquiring) < level else { return }
        guard signalled.exchange(level, ordering: .acquiringAndReleasing) < level else { return }
        if let error = signalEncoder(self) { refuse(error) }
    }

    /// Takes all collected events as batches, in order. Called on the encoder thread. With `end`, no more are accepted
    /// afterwards.
    func take(end: LogError? = nil) -> [WaitingAppend] {
        // Finish builders in place, because a copy would copy the columns.
        var parts = takeLanes(end)
        return parts.indices.map { index in
            let batch = parts[index].builder.finish()
            // Reuse a builder only if it has few columns, so that unused columns are not carried along.
            if parts[index].builder.columnCount <= EventLimits.columnsPerBatch / 4 {
                spare.withLock { if $0.count <= lanes.count { $0.append(parts[index].builder) } }
            }
            let (runs, acknowledgements) = (parts[index].runs, acknowledgements)
            return WaitingAppend(batch: batch, durability: durability) { acknowledgements.add(runs, $0) }
        }
    }

    private func takeLanes(_ end: LogError?) -> [FilledLane] {
        // Reset first, so that events added from here on signal again.
        signalled.store(0, ordering: .sequentiallyConsistent)
        var parts: [FilledLane] = []
        for lane in lanes { parts += lane.state.withLock { $0.take(end, spare: newBuilder) } }
        var events: [WaitingEvent] = []
        drained.withLock { swap(&$0, &events) }
        waiting.withLock { waiting in
            waiting.end = waiting.end ?? end
            swap(&waiting.events, &events)
        }
        if events.isEmpty { return parts }
        var lane = EventLane(newBuilder())
        for waiting in events { lane.add(waiting.event, waiting.bytes, .caller(waiting.caller), 0) }
        events.removeAll(keepingCapacity: true)
        drained.withLock { swap(&$0, &events) }
        return parts + lane.take(nil, spare: BatchBuilder.init)
    }

    private func newBuilder() -> BatchBuilder { spare.withLock { $0.popLast() } ?? BatchBuilder() }

    /// Fails all collected events with `error` and accepts no more.
    func refuse(_ error: LogError) {
        for part in takeLanes(error) { acknowledgements.add(part.runs, .failure(error)) }
    }
}
