internal import VarveDisk

/// Makes the position of a projector durable and tells the registry of it, on a thread of its own: files are synced, and what
/// waits to be committed does not wait for that. What is told last counts; what it replaces may never be written.
final class RegistryTeller: Sendable {
    private struct State {
        var news: RegisteredProjector?
        var isClosing = false
        var hasEnded = false
        var failure: ViewError?
    }

    private let state = Monitor(State())

    /// `sync` makes durable what has been committed; what is told was committed before.
    init(_ registry: Registry, after sync: @escaping @Sendable () throws(ViewError) -> Void) {
        startBlockingThread { [state] in
            while let news = state.wait({ state -> RegisteredProjector?? in
                if let news = state.news {
                    state.news = nil
                    return news
                }
                return state.isClosing ? .some(nil) : nil
            }) {
                do throws(ViewError) {
                    try sync()
                    try registry.update(news)
                } catch {
                    state.withLock { $0.failure = error }
                }
            }
            state.withLock { $0.hasEnded = true }
        }
    }

    deinit { state.withLock { $0.isClosing = true } }

    /// Hands over news. Throws what an earlier one has failed with.
    func tell(_ news: RegisteredProjector) throws(ViewError) {
        let failure = state.withLock { state in
            state.news = news
            defer { state.failure = nil }
            return state.failure
        }
        if let failure { throw failure }
    }

    /// Waits until everything is told. Throws when the last of it failed.
    func close() throws(ViewError) {
        state.withLock { $0.isClosing = true }
        let failure = state.wait { $0.hasEnded ? .some($0.failure) : nil }
        if let failure { throw failure }
    }
}
