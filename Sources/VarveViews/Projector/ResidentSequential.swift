internal import VarveDisk
internal import VarveEvents
internal import VarveProjections

/// The sequential projections that a projector maintains: complete in memory, and in the store as of the last commit.
struct ResidentSequential {
    private var states: [Resident] = []
    let parking: Parking

    init(parks: Bool) {
        parking = Parking(parks: parks)
    }

    private struct Resident {
        let view: Int64
        let tables: [ShownTable]
        var state: SequentialState
        /// Keys of entries whose rows change with time.
        var moving: Set<[UInt8]>
        /// The newest event time that the stored rows are based on.
        var newest: Timestamp?

        /// The rows of the changed entries `keys`, and of entries that change with time.
        mutating func takeRows(_ keys: [[UInt8]]) -> [ShownEntry] {
            var keys = keys
            for key in keys { if state.isMoving(key) { moving.insert(key) } else { moving.remove(key) } }
            if state.newest != newest {
                let changed = Set(keys)
                keys += moving.filter { !changed.contains($0) }.sorted { $0.lexicographicallyPrecedes($1) }
            }
            newest = state.newest
            return keys.map { ShownEntry(key: $0, rows: state.rows(ofKey: $0)) }
        }
    }

    private init(_ states: [Resident], _ parking: Parking) {
        self.states = states
        self.parking = parking
    }

    var isEmpty: Bool { states.isEmpty }

    mutating func add(_ state: SequentialState, view: Int64) {
        var state = state
        let moving = Set(state.entries().map(\.key).filter { state.isMoving($0) })
        let newest = state.newest
        state.trackChanges()
        states.append(
            Resident(
                view: view, tables: ShownTable.all(state.projection), state: state, moving: moving, newest: newest))
    }

    /// Moves the contents out, so that folding changes them in place without copying.
    mutating func taken() -> ResidentSequential {
        defer { states = [] }
        return ResidentSequential(states, parking)
    }

    mutating func fold(_ batch: EventBatch) throws(PoisonedEvent) {
        for index in states.indices { try states[index].state.fold(batch, park: { parking.park($0) }) }
    }

    mutating func takeChanges() -> [SequentialChange] {
        states.indices.map { index in
            let entries = states[index].state.takeChanges()
            return SequentialChange(
                view: states[index].view, entries: entries, tables: states[index].tables,
                rows: states[index].takeRows(entries.map(\.key)), newest: states[index].state.newest,
                tally: states[index].state.tallyBytes())
        }
    }

    func takeParked() -> [PoisonRow] { parking.take() }
}

/// Collects poisoned events that are parked, until the next commit.
final class Parking: Sendable {
    private let parks: Bool
    private let parked = Monitor<[PoisonRow]>([])

    init(parks: Bool) {
        self.parks = parks
    }

    func park(_ event: PoisonedEvent) -> Bool {
        guard parks else { return false }
        parked.withLock {
            $0.append(PoisonRow(view: event.view, offset: event.offset, reason: event.reason, isParked: true))
        }
        return true
    }

    func take() -> [PoisonRow] {
        parked.withLock { parked in
            defer { parked = [] }
            return parked
        }
    }
}
