internal import Synchronization
public import VarveEvents

/// A submitted append whose receipt is awaited later.
public final class PendingAppend: Sendable {
    private enum State {
        case open
        case awaited(UnsafeContinuation<Result<Receipt, LogError>, Never>)
        case answered(Result<Receipt, LogError>)
    }

    private let state = Mutex(State.open)

    /// The result, as from `LogWriter.append`. Await it once.
    public func receipt() async throws(LogError) -> Receipt {
        let result: Result<Receipt, LogError> = await withUnsafeContinuation { continuation in
            let answer: Result<Receipt, LogError>? = state.withLock { state in
                if case .answered(let answer) = state { return answer }
                state = .awaited(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
        return try result.get()
    }

    func answer(_ result: Result<Receipt, LogError>) {
        let waiting =
            state.withLock { state in
                defer { state = .answered(result) }
                if case .awaited(let continuation) = state { return continuation } else { return nil }
            } as UnsafeContinuation<Result<Receipt, LogError>, Never>?
        waiting?.resume(returning: result)
    }
}

extension LogWriter {
    /// Like `append`, but returns at once. Batches enter the log in the order of these calls, however long their syncs take.
    /// The caller limits how many are in flight.
    ///
    /// - Throws: `.batchRefused` when the batch exceeds a limit.
    public func submit(
        _ batch: EventBatch, as stamp: ProducerStamp? = nil, durability: Durability = .sync
    ) throws(LogError) -> PendingAppend {
        let pending = PendingAppend()
        try submit(batch, as: stamp, durability: durability) { pending.answer($0) }
        return pending
    }
}
