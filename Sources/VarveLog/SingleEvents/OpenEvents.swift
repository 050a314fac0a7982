// Where single events become columns while the log is busy with those that came before.
//
//     send() ──┐                 lane 0   columns · runs: whose events stand there, in order ──┐
//     send() ──┴──▶ its lane ──▶ lane 1   columns · runs                                     ──┼──▶ encoder thread
//     append() ─────────────────────────▶ waiting events                                     ──┘    takes all of them
//
// An event that is sent goes into columns on its producer's thread. Events of tasks that wait for each are put into columns by
// the encoder thread: such tasks change too often for columns to stay in their caches. It takes what there is when it has nothing
// else to encode, so a quiet log takes an event at once, and a busy one thousands with one frame and one sync.
//
// A lane is filled by one producer at a time, as long as there are lanes: threads do not wait for one another, and the events
// of a producer stand side by side, so that they are acknowledged as one. A producer stays in its lane until its events there
// are taken, and what is taken first is encoded first: so its order is that of the log.

internal import Synchronization
internal import VarveEvents

/// Events of one `EventAppender` that the encoder thread has not taken.
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
    /// What the encoder thread has been told: nothing, that there are events, that there are many.
    private let told = Atomic(0)
    /// Builders with memory of their own, for lanes that are taken.
    private let spare = Mutex<[BatchBuilder]>([])
    private let waiting = Mutex(Waiting())
    /// Changes places with the events that wait, so that both arrays keep their memory.
    private let drained = Mutex<[WaitingEvent]>([])
    private let producers = Atomic(0)
    private let durability: Durability
    private let tell: @Sendable (OpenEvents) -> LogError?
    private let answers = EventAnswers()

    /// `tell` tells the encoder thread that there is something to `take()`, or says why nobody will.
    init(_ durability: Durability, tell: @escaping @Sendable (OpenEvents) -> LogError?) {
        self.durability = durability
        self.tell = tell
    }

    /// Whether there are so many events that encoding them is worth while even as a sync runs.
    var areMany: Bool { told.load(ordering: .acquiring) == 2 }

    /// Where a producer begins to look for a lane.
    func firstPlace() -> LanePlace {
        LanePlace(lane: producers.wrappingAdd(1, ordering: .relaxed).oldValue % lanes.count)
    }

    /// Adds an event of a producer, whose latest ones stand at `place`. Nothing was added when it throws.
    func add(
        _ event: Event, _ bytes: Int, of producer: EventProducer, _ number: UInt64, _ place: inout LanePlace
    ) throws(LogError) {
        let latest = place
        let same = try lanes[latest.lane].state.withLock { lane throws(LogError) -> Int? in
            if lane.generation != latest.generation { return nil }
            if let end = lane.end { throw end }
            return lane.add(event, bytes, .producer(producer), number)
        }
        if let same { return look(same) }
        for step in lanes.indices {
            let index = (latest.lane + step) % lanes.count
            let rows = try lanes[index].state.withLockIfAvailable { lane throws(LogError) -> Int? in
                if lane.owner != nil { return nil }
                if let end = lane.end { throw end }
                lane.owner = ObjectIdentifier(producer)
                place = LanePlace(lane: index, generation: lane.generation)
                return lane.add(event, bytes, .producer(producer), number)
            }
            if let rows, let rows { return look(rows) }
        }
        // All of them are being filled: a lane for two.
        let rows = try lanes[latest.lane].state.withLock { lane throws(LogError) in
            if let end = lane.end { throw end }
            place.generation = lane.generation
            return lane.add(event, bytes, .producer(producer), number)
        }
        look(rows)
    }

    /// The producer has to wait: another may fill its lane.
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
            look(count)
        } catch {
            caller.resume(returning: .failure(error))
        }
    }

    /// Tells the encoder thread, when it does not know. `rows` stand in the lane that was added to.
    private func look(_ rows: Int) {
        let news = rows >= LogLimits.rowsWorthOverlap ? 2 : 1
        guard told.load(ordering: .acquiring) < news else { return }
        guard told.exchange(news, ordering: .acquiringAndReleasing) < news else { return }
        if let error = tell(self) { refuse(error) }
    }

    /// Everything that came, as batches in order. On the encoder thread. With an `end` no more are taken afterwards.
    func take(end: LogError? = nil) -> [WaitingAppend] {
        // In place: a copy of a builder would have to copy its columns.
        var parts = takeLanes(end)
        return parts.indices.map { index in
            let batch = parts[index].builder.finish()
            // Columns that no event has any more would be carried along.
            if parts[index].builder.columnCount <= EventLimits.columnsPerBatch / 4 {
                spare.withLock { if $0.count <= lanes.count { $0.append(parts[index].builder) } }
            }
            let (runs, answers) = (parts[index].runs, answers)
            return WaitingAppend(batch: batch, durability: durability) { answers.add(runs, $0) }
        }
    }

    private func takeLanes(_ end: LogError?) -> [FilledLane] {
        // Before anything is looked at: what comes afterwards is told again.
        told.store(0, ordering: .sequentiallyConsistent)
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

    /// The log takes no more: neither what is here nor what comes.
    func refuse(_ error: LogError) {
        for part in takeLanes(error) { answers.add(part.runs, .failure(error)) }
    }
}
