// From the receipt of a batch to what each producer is told, in order, by one task at a time.
//
// Handlers are the program's: they run neither on the log's threads nor under a lock. A slow one makes its own log's producers
// wait, for a window has room again when its handler has returned, and keeps no more than their windows in memory.

internal import Synchronization

final class EventAnswers: Sendable {
    private struct Answer: Sendable {
        var runs: [EventRun]
        var result: Result<Receipt, LogError>
    }

    private struct State {
        var waiting: [Answer] = []
        var isTelling = false
    }

    private let state = Mutex(State())

    func add(_ runs: [EventRun], _ result: Result<Receipt, LogError>) {
        let starts = state.withLock { state in
            state.waiting.append(Answer(runs: runs, result: result))
            defer { state.isTelling = true }
            return !state.isTelling
        }
        // Before the tasks that send: events wait for it.
        if starts { Task(priority: .high) { self.tellAll() } }
    }

    private func tellAll() {
        while true {
            let answers = state.withLock { state in
                defer { state.waiting = [] }
                state.isTelling = !state.waiting.isEmpty
                return state.waiting
            }
            if answers.isEmpty { return }
            for answer in answers { Self.tell(answer) }
        }
    }

    /// Tells everybody, then wakes each producer that waits, once.
    private static func tell(_ answer: Answer) {
        var parts = ReceiptParts(answer.result)
        var told: [EventProducer] = []
        for run in answer.runs {
            let result = parts.next(run.count)
            switch run.teller {
            case .caller(let caller): caller.resume(returning: result)
            case .producer(let producer):
                producer.acknowledge(run, result)
                if told.last !== producer { told.append(producer) }
            }
        }
        for producer in told { producer.wake() }
    }
}

/// Cuts the receipt of a batch into those of its runs.
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

    /// What is said of the next `count` rows.
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
