internal import Synchronization
internal import VarveDisk

/// Threads for what may block: a few at a time, and so many that wait; one more is told to come again.
final class Questions: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())
    private let atOnce: Int
    private let waitingMax: Int

    init(atOnce: Int = 2, waitingMax: Int = 256) {
        self.atOnce = atOnce
        self.waitingMax = waitingMax
    }

    /// Runs `body` on a thread of its own.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = await withUnsafeContinuation { continuation in
            let isTaken = submit { continuation.resume(returning: Result { try body() }) }
            if !isTaken {
                continuation.resume(
                    returning: .failure(Problem(503, "busy", "too many questions wait for an answer already", retryAfter: 1)))
            }
        }
        return try result.get()
    }

    private func submit(_ job: @escaping @Sendable () -> Void) -> Bool {
        enum Turn { case now, later, never }
        let turn: Turn = state.withLock { state in
            if state.running < atOnce {
                state.running += 1
                return .now
            }
            guard state.waiting.count < waitingMax else { return .never }
            state.waiting.append(job)
            return .later
        }
        if turn == .now { start(job) }
        return turn != .never
    }

    private func start(_ job: @escaping @Sendable () -> Void) {
        startBlockingThread { [self] in
            var next: (@Sendable () -> Void)? = job
            while let job = next {
                job()
                next = state.withLock { state in
                    if !state.waiting.isEmpty { return state.waiting.removeFirst() }
                    state.running -= 1
                    return nil
                }
            }
        }
    }
}
