internal import VarveDisk

/// A few threads for blocking work, first come first served.
final class WorkQueue: Sendable {
    private struct Job: Sendable {
        let id: UInt64
        let run: @Sendable () -> Void
        let fail: @Sendable (WorkspaceError) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var nextID: UInt64 = 0
        var threads = 0
        var isStopped = false
    }

    private let state = Monitor(State())
    private let threadsMax: Int
    private let waitingMax: Int

    /// - Parameter waitingMax: The number of jobs that may wait for a thread; further ones are refused.
    init(threads: Int, waitingMax: Int) {
        threadsMax = max(1, threads)
        self.waitingMax = max(1, waitingMax)
    }

    deinit { stop() }

    /// Runs `body` on one of the threads.
    ///
    /// - Throws: `.cancelled` if the task is cancelled or the queue stopped before its turn, `.busy` if too many jobs wait, and
    ///   the errors of `body`.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        let result: Result<Value, any Error> = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                submit(
                    Job(
                        id: id, run: { continuation.resume(returning: Result { try body() }) },
                        fail: { continuation.resume(returning: .failure($0)) }),
                    isCancelled: { Task.isCancelled })
            }
        } onCancel: {
            state.withLock { state in
                state.jobs.firstIndex { $0.id == id }.map { state.jobs.remove(at: $0) }
            }?.fail(Self.cancelled)
        }
        return try result.get()
    }

    /// Jobs that no thread has started yet.
    var waitingCount: Int { state.withLock { $0.jobs.count } }

    /// Waiting jobs fail; running jobs are finished.
    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in waiting { job.fail(Self.cancelled) }
    }

    private static let cancelled = WorkspaceError(.cancelled, "the work was cancelled, or the workspace closed")

    private func submit(_ job: Job, isCancelled: () -> Bool) {
        var starts = false
        let refusal: WorkspaceError? = state.withLock { state in
            if state.isStopped || isCancelled() { return Self.cancelled }
            guard state.jobs.count < waitingMax else {
                return WorkspaceError(.busy, "\(waitingMax) questions are waiting already; ask again later")
            }
            state.jobs.append(job)
            starts = state.threads < threadsMax
            if starts { state.threads += 1 }
            return nil
        }
        if let refusal { return job.fail(refusal) }
        if starts { startBlockingThread { [state] in Self.work(state) } }
    }

    private static func work(_ state: Monitor<State>) {
        while let job = state.wait({ state -> Job?? in
            if !state.jobs.isEmpty { return state.jobs.removeFirst() }
            return state.isStopped ? .some(nil) : nil
        }) {
            job.run()
        }
        state.withLock { $0.threads -= 1 }
    }
}

/// Runs `body` on a new thread, which it may block.
func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withUnsafeContinuation { continuation in
        startBlockingThread { continuation.resume(returning: body()) }
    }
}
