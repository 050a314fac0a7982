// Appends whose callers wait for the two threads of a writer (WriterEngine.swift).

internal import VarveEvents

/// A batch whose caller waits for the result.
struct WaitingAppend: Sendable {
    var batch: EventBatch
    var stamp: ProducerStamp?
    var durability = Durability.sync
    var reply: @Sendable (Result<Receipt, LogError>) -> Void
}

/// An encoded group and its waiting callers.
struct ReadyGroup: Sendable {
    var group: CommitGroup
    var callers: [WaitingAppend]

    func answer(_ outcome: GroupOutcome) {
        switch outcome {
        case .success(let receipts): for (caller, receipt) in zip(callers, receipts) { caller.reply(receipt) }
        case .failure(let error): for caller in callers { caller.reply(.failure(error)) }
        }
    }
}
