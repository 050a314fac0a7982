internal import VarveDisk

/// A few threads that do what may block, first come first served.
final class WorkQueue: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        var cancels: [@Sendable () -> Void] = []
        var threads = 0
        var isStopped = false
    }

    private let state = Monitor(State())
    private let threadsMax: Int

    init(threads: Int) {
        threadsMax = max(1, threads)
    }

    deinit { stop() }

    /// Runs `body` on one of the threads. Fails with `CancellationError` when the queue is stopped before its turn.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async -> Result<Value, any Error> {
        await withUnsafeContinuation { continuation in
            let isTaken = submit(
                { continuation.resume(returning: Result { try body() }) },
                { continuation.resume(returning: .failure(CancellationError())) })
            if !isTaken { continuation.resume(returning: .failure(CancellationError())) }
        }
    }

    /// What waits is cancelled; what runs is done.
    func stop() {
        let cancels = state.withLock { state in
            state.isStopped = true
            state.jobs = []
            defer { state.cancels = [] }
            return state.cancels
        }
        for cancel in cancels { cancel() }
    }

    private func submit(_ job: @escaping @Sendable () -> Void, _ cancel: @escaping @Sendable () -> Void) -> Bool {
        var starts = false
        let isTaken = state.withLock { state in
            if state.isStopped { return false }
            state.jobs.append(job)
            state.cancels.append(cancel)
            starts = state.threads < threadsMax
            if starts { state.threads += 1 }
            return true
        }
        if starts { startBlockingThread { [state] in Self.work(state) } }
        return isTaken
    }

    private static func work(_ state: Monitor<State>) {
        while let job = state.wait({ state -> (@Sendable () -> Void)?? in
            if !state.jobs.isEmpty {
                state.cancels.removeFirst()
                return state.jobs.removeFirst()
            }
            return state.isStopped ? .some(nil) : nil
        }) {
            job()
        }
        state.withLock { $0.threads -= 1 }
    }
}

/// Runs `body` on a thread of its own, which it may block.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withUnsafeContinuation { continuation in
        startBlockingThread { continuation.resume(returning: body()) }
    }
}
