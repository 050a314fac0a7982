// Splits the receipt of a batch into acknowledgements for its producers and delivers them in order, on one task at a time.
//
// Handlers are code of the embedding program, so they run neither on the log's threads nor under a lock. A slow handler blocks
// the producers of its own log, because window space is freed only when the handler returns; memory is bounded by their
// windows.

internal import Synchronization

final class AcknowledgementQueue: Sendable {
    private struct Answer: Sendable {
        var runs: [EventRun]
        var result: Result<Receipt, LogError>
    }

    private struct State {
        var waiting: [Answer] = []
        var isDelivering = false
    }

    private let state = Mutex(State())

    func add(_ runs: [EventRun], _ result: Result<Receipt, LogError>) {
        let starts = state.withLock { state in
            state.waiting.append(Answer(runs: runs, result: result))
            defer { state.isDelivering = true }
            return !state.isDelivering
        }
        // At a higher priority than the sending tasks, because they wait for it.
        if starts { Task(priority: .high) { self.deliverAll() } }
    }

    private func deliverAll() {
        while true {
            let answers = state.withLock { state in
                defer { state.waiting = [] }
                state.isDelivering = !state.waiting.isEmpty
                return state.waiting
            }
            if answers.isEmpty { return }
            for answer in answers { Self.deliver(answer) }
        }
    }

    /// Delivers to every producer of the batch, then wakes each one once.
    private static func deliver(_ answer: Answer) {
        var parts = ReceiptParts(answer.result)
        var notified: [EventProducer] = []
        for run in answer.runs {
            let result = parts.next(run.count)
            switch run.target {
            case .caller(let caller): caller.resume(returning: result)
            case .producer(let producer):
                producer.acknowledge(run, result)
                if notified.last !== producer { notified.append(producer) }
            }
        }
        for producer in notified { producer.wake() }
    }
}

/// Splits the receipt of a batch into receipts for its runs.
struct ReceiptParts {
    private let result: Result<Receipt, LogError>
    private var duplicates: ArraySlice<DuplicateRow>
    private var row = 0
    private var offset: UInt64

    init(_ result: Result<Receipt, LogError>) {
        self.result = result
        let receipt = try? result.get()
        duplicates = receipt?.duplicates[...] ?? []
        offset = receipt?.offsets?.lowerBound ?? 0
    }

    /// The receipt of the next `count` rows.
    mutating func next(_ count: Int) -> Result<Receipt, LogError> {
        guard case .success(var receipt) = result else { return result }
        let end = row + count
        let known = duplicates.prefix { $0.row < end }
        duplicates = duplicates.dropFirst(known.count)
        receipt.duplicates = known.map { DuplicateRow(row: $0.row - row, original: $0.original) }
        receipt.appended = count - known.count
        let next = offset + UInt64(receipt.appended)
        receipt.offsets = receipt.appended == 0 ? nil : offset..<next
        (row, offset) = (end, next)
        return .success(receipt)
    }
}
