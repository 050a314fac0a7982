public import VarveDisk
public import VarveEvents

/// Collects the faults of background work: sealing, merging of id runs, the clock. Keeps the faults that still hold, and those
/// that have not yet been attached to a receipt.
public final class BackgroundErrors: Sendable {
    private struct State {
        var errors: [BackgroundError] = []
        /// Reported since the last call of `takeUnseen`.
        var unseen: [BackgroundError] = []
    }

    private let state = Monitor(State())
    /// Called after every change.
    private let observer = Monitor<(@Sendable ([BackgroundError]) -> Void)?>(nil)
    private let clock: @Sendable () -> Timestamp

    /// `clock` supplies the time at which a fault is first seen.
    public init(clock: @escaping @Sendable () -> Timestamp = { Timestamp(nanoseconds: wallClockNanoseconds()) }) {
        self.clock = clock
    }

    /// Calls `body` with the current faults whenever they change, on the thread that reports the change.
    func onChange(_ body: @escaping @Sendable ([BackgroundError]) -> Void) { observer.withLock { $0 = body } }

    private func notifyObserver(_ errors: [BackgroundError]) { observer.withLock(notify: false) { $0?(errors) } }

    /// The faults that still hold, oldest first. O(faults).
    public var all: [BackgroundError] { state.withLock(notify: false) { $0.errors } }

    /// Records a fault. A repeated message at the same place increments its count. Once 64 different faults are recorded, any
    /// further fault at a known place is counted there.
    public func report(_ place: String, _ message: String) {
        let now = clock()
        let all = state.withLock { state in
            let known = state.errors.lastIndex { $0.place == place && $0.message == message }
            let isFull = state.errors.count >= LogLimits.backgroundFaults
            if let index = known ?? (isFull ? state.errors.lastIndex { $0.place == place } ?? state.errors.count - 1 : nil) {
                state.errors[index].count += 1
                state.errors[index].message = message
                return state.errors
            }
            let error = BackgroundError(since: now, place: place, message: message)
            state.errors.append(error)
            state.unseen.append(error)
            return state.errors
        }
        notifyObserver(all)
    }

    /// Removes the faults of `place`, because its work has succeeded.
    public func resolve(_ place: String) {
        let left: [BackgroundError]? = state.withLock(notify: false) { state in
            guard state.errors.contains(where: { $0.place == place }) else { return nil }
            state.errors.removeAll { $0.place == place }
            return state.errors
        }
        if let left { notifyObserver(left) }
    }

    /// How often a fault was reported at `place`.
    func count(at place: String) -> Int {
        state.withLock(notify: false) { $0.errors.reduce(0) { $0 + ($1.place == place ? $1.count : 0) } }
    }

    /// The faults first reported since the last call.
    func takeUnseen() -> [BackgroundError] {
        state.withLock(notify: false) { state in
            defer { if !state.unseen.isEmpty { state.unseen = [] } }
            return state.unseen
        }
    }
}
