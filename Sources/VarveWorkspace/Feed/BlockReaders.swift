internal import Synchronization
internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// The result of a read for a subscriber.
struct FeedPart: Sendable {
    /// Offsets before the batches that can no longer be read.
    var gapBefore: Range<UInt64>?
    var batches: [EventBatch] = []
    /// Damaged offsets before `next`.
    var damaged: [Range<UInt64>] = []
    /// The read covers all offsets below this one.
    var next: UInt64
}

/// A few threads that read the log for all subscribers. Subscribers that ask for the same part at about the same time share one
/// read.
final class BlockReaders: Sendable {
    private struct Question: Hashable, Sendable {
        var from: UInt64
        var filter: LogFilter
    }

    private typealias Answer = Result<FeedPart, any Error>

    private struct Asked: Sendable {
        var to: UInt64
        var waiting: [@Sendable (Answer) -> Void] = []
    }

    private struct State {
        var queue: [Question] = []
        var asked: [Question: Asked] = [:]
        /// The latest results, oldest first.
        var recent: [(question: Question, part: FeedPart)] = []
        var isRunning = false
        var isStopped = false
    }

    private let reader: LogReader
    private let threads: Int
    private let state = Monitor(State())
    /// The number of cached results; each holds about one frame.
    private static let recentMax = 8
    /// The number of cursors that a thread caches, one per filter.
    private static let cursorsMax = 64
    /// Small frames are joined up to this many events.
    private static let rowsPerPart = 4_096

    init(_ reader: LogReader, threads: Int) {
        self.reader = reader
        self.threads = max(1, threads)
    }

    /// The first matching events from `from` on and below `to`.
    func read(from: UInt64, to: UInt64, where filter: LogFilter) async throws -> FeedPart {
        let answer: Answer = await withUnsafeContinuation { continuation in
            ask(Question(from: from, filter: filter), to) { continuation.resume(returning: $0) }
        }
        return try answer.get()
    }

    func stop() {
        let waiting = state.withLock { state in
            state.isStopped = true
            state.queue = []
            defer { state.asked = [:] }
            return state.asked.values.flatMap(\.waiting)
        }
        for reply in waiting { reply(.failure(CancellationError())) }
    }

    private func ask(_ question: Question, _ to: UInt64, _ reply: @escaping @Sendable (Answer) -> Void) {
        var starts = false
        let ready: Answer? = state.withLock { state in
            if state.isStopped { return .failure(CancellationError()) }
            if let known = state.recent.last(where: { $0.question == question }) { return .success(known.part) }
            if state.asked[question] == nil {
                state.asked[question] = Asked(to: to)
                state.queue.append(question)
            }
            state.asked[question]?.waiting.append(reply)
            starts = !state.isRunning
            state.isRunning = true
            return nil
        }
        if let ready { return reply(ready) }
        if starts { for _ in 0..<threads { startBlockingThread { self.run() } } }
    }

    private func run() {
        // The latest cursor of each filter resumes at its position in the active segment.
        var cursors: [LogFilter: LogCursor] = [:]
        while let (question, to) = take() {
            if cursors.count > Self.cursorsMax { cursors = [:] }
            let cursor = cursors[question.filter] ?? LogCursor(reader, select: .all, where: question.filter)
            cursors[question.filter] = cursor
            answer(question, Answer { try read(cursor, question.from, to) })
        }
    }

    /// Waits for a request. Nil after the readers have stopped.
    private func take() -> (Question, UInt64)? {
        state.wait { state -> (Question, UInt64)?? in
            if state.isStopped { return .some(nil) }
            guard !state.queue.isEmpty else { return nil }
            let question = state.queue.removeFirst()
            return (question, state.asked[question]?.to ?? question.from)
        }
    }

    private func answer(_ question: Question, _ answer: Answer) {
        let waiting = state.withLock { state in
            if case .success(let part) = answer, part.next > question.from {
                state.recent.append((question, part))
                if state.recent.count > Self.recentMax { state.recent.removeFirst() }
            }
            return state.asked.removeValue(forKey: question)?.waiting ?? []
        }
        for reply in waiting { reply(answer) }
    }

    private struct Enough: Error {}

    private func read(_ cursor: LogCursor, _ from: UInt64, _ to: UInt64) throws -> FeedPart {
        do {
            return try scan(cursor, from, to)
        } catch let error as LogError where error.code == .truncated {
            // Retention has removed the beginning, perhaps while it was read.
            let retained = try reader.retained().value
            guard from < retained else { throw error }
            var part = retained < to ? try scan(cursor, retained, to) : FeedPart(next: to)
            part.gapBefore = from..<min(retained, to)
            return part
        }
    }

    private func scan(_ cursor: LogCursor, _ from: UInt64, _ to: UInt64) throws -> FeedPart {
        var part = FeedPart(next: to)
        var rows = 0
        do {
            try cursor.scan(from..<to, durable: Offset(to), onDamage: { part.damaged.append($0.offsets) }) { batch in
                part.batches.append(batch)
                rows += batch.rowCount
                if rows >= Self.rowsPerPart { throw Enough() }
            }
        } catch is Enough {
            if let last = part.batches.last { part.next = last.offset(ofRow: last.rowCount - 1).value + 1 }
        }
        part.damaged.removeAll { $0.isEmpty || $0.lowerBound >= part.next }
        return part
    }
}
