internal import VarveDisk
internal import VarveEvents
internal import VarveProjections

/// The sequential projections that a projector moves along: in memory, all of each, and in the store as of the last commit.
struct ResidentSequential {
    private var states: [(view: Int64, state: SequentialState)] = []
    let parking: Parking

    init(parks: Bool) {
        parking = Parking(parks: parks)
    }

    private init(_ states: [(view: Int64, state: SequentialState)], _ parking: Parking) {
        self.states = states
        self.parking = parking
    }

    var isEmpty: Bool { states.isEmpty }

    mutating func add(_ state: SequentialState, view: Int64) {
        var state = state
        state.trackChanges()
        states.append((view, state))
    }

    /// Moves it out, so that folding changes it in place and copies nothing.
    mutating func taken() -> ResidentSequential {
        defer { states = [] }
        return ResidentSequential(states, parking)
    }

    mutating func fold(_ batch: EventBatch) throws(PoisonedEvent) {
        for index in states.indices { try states[index].state.fold(batch, park: { parking.park($0) }) }
    }

    mutating func takeChanges() -> [SequentialChange] {
        states.indices.map { index in
            SequentialChange(
                view: states[index].view, entries: states[index].state.takeChanges(), newest: states[index].state.newest,
                tally: states[index].state.tallyBytes())
        }
    }

    func takeParked() -> [PoisonRow] { parking.take() }
}

/// What becomes of poisoned events, and those that were parked since the last commit.
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
