internal import VarveDisk

/// Makes a projector's position durable and writes it to the registry on a thread of its own, so that commits do not wait for
/// the syncs. Only the latest update is written; an update that is replaced before its turn is dropped.
final class RegistryUpdater: Sendable {
    private struct State {
        var pending: RegisteredProjector?
        var isClosing = false
        var hasEnded = false
        var failure: ViewError?
    }

    private let state = Monitor(State())

    /// `sync` makes all commits so far durable; an update refers only to committed positions.
    init(_ registry: Registry, after sync: @escaping @Sendable () throws(ViewError) -> Void) {
        startBlockingThread { [state] in
            while let pending = state.wait({ state -> RegisteredProjector?? in
                if let pending = state.pending {
                    state.pending = nil
                    return pending
                }
                return state.isClosing ? .some(nil) : nil
            }) {
                do throws(ViewError) {
                    try sync()
                    try registry.update(pending)
                } catch {
                    state.withLock { $0.failure = error }
                }
            }
            state.withLock { $0.hasEnded = true }
        }
    }

    deinit { state.withLock { $0.isClosing = true } }

    /// Queues an update. Throws the error of an earlier one.
    func update(_ pending: RegisteredProjector) throws(ViewError) {
        let failure = state.withLock { state in
            state.pending = pending
            defer { state.failure = nil }
            return state.failure
        }
        if let failure { throw failure }
    }

    /// Forgets the error of earlier updates, whose cause has been removed.
    func forgetFailure() { state.withLock { $0.failure = nil } }

    /// Waits until the last update is written. Throws its error.
    func close() throws(ViewError) {
        state.withLock { $0.isClosing = true }
        let failure = state.wait { $0.hasEnded ? .some($0.failure) : nil }
        if let failure { throw failure }
    }
}
