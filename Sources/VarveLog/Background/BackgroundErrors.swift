public import VarveDisk
public import VarveEvents

/// The one place to which work behind the answers reports: sealing, merging of ids, the clock. It remembers what is wrong now,
/// and what has not been shown with an answer yet.
public final class BackgroundErrors: Sendable {
    private struct State {
        var errors: [BackgroundError] = []
        /// Met since the last answer that showed some.
        var unseen: [BackgroundError] = []
    }

    private let state = Monitor(State())
    /// Told of every change.
    private let watch = Monitor<(@Sendable ([BackgroundError]) -> Void)?>(nil)
    private let clock: @Sendable () -> Timestamp

    /// `clock` says since when a fault is known.
    public init(clock: @escaping @Sendable () -> Timestamp = { Timestamp(nanoseconds: wallClockNanoseconds()) }) {
        self.clock = clock
    }

    /// Calls `body` with what is wrong whenever that changes, on the thread that reports.
    func onChange(_ body: @escaping @Sendable ([BackgroundError]) -> Void) { watch.withLock { $0 = body } }

    private func tell(_ errors: [BackgroundError]) { watch.withLock(notify: false) { $0?(errors) } }

    /// What is wrong, oldest first. O(faults).
    public var all: [BackgroundError] { state.withLock(notify: false) { $0.errors } }

    /// Takes a fault in. The same sentence at the same place is counted; beyond 64 different ones all of a place are.
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
        tell(all)
    }

    /// The work at `place` has succeeded: what was wrong there is not any more.
    public func settle(_ place: String) {
        let left: [BackgroundError]? = state.withLock(notify: false) { state in
            guard state.errors.contains(where: { $0.place == place }) else { return nil }
            state.errors.removeAll { $0.place == place }
            return state.errors
        }
        if let left { tell(left) }
    }

    /// How often something was met at `place`.
    func count(at place: String) -> Int {
        state.withLock(notify: false) { $0.errors.reduce(0) { $0 + ($1.place == place ? $1.count : 0) } }
    }

    /// What was met since the last call.
    func takeUnseen() -> [BackgroundError] {
        state.withLock(notify: false) { state in
            defer { if !state.unseen.isEmpty { state.unseen = [] } }
            return state.unseen
        }
    }
}
