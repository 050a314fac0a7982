// Single events of many tasks, appended together.
//
//     append(event) ──▶ waiting ──▶ one batch ──▶ LogWriter.append ──▶ a receipt for each
//
// A batch of one event costs as much to make and to merge as one of hundreds. So events are put side by side as they come, and
// whatever came while the last batches were on their way becomes the next one: the first event of a quiet log goes at once, and
// under load thousands share columns, frame and sync.

public import VarveEvents
internal import Synchronization

/// Appends one event at a time, for producers that have no batches. Each append returns when its event is durable, or
/// at level `interval` when it is written.
///
///     let log = try await LogWriter.open(at: "data")
///     let events = EventAppender(log)
///     let receipt = try await events.append(Event(time: now, signal: "retry.success"))
///
/// Many tasks may append at once; the more do, the less each costs. Events of one task are appended in its order, and batches
/// can be appended to `log` beside it. Close the log when every append has returned.
public final class EventAppender: Sendable {
    private struct Waiting {
        var event: Event
        var caller: UnsafeContinuation<Result<Receipt, LogError>, Never>
    }

    private struct State {
        var waiting: [Waiting] = []
        var sending = 0
    }

    private let log: LogWriter
    private let durability: Durability
    private let state = Mutex(State())
    /// Batches on their way: one is synced while the next is encoded.
    private static let sendingAtOnce = 2

    /// Every event is acknowledged at the level `durability`.
    public init(_ log: LogWriter, durability: Durability = .sync) {
        self.log = log
        self.durability = durability
    }

    /// Appends `event`, unless the log has its (tenant, id). At level `sync` it is durable when it returns. The log gives the
    /// append time, so `observed` is left out.
    ///
    /// An event that breaks a limit is refused alone. Any other error is that of the batch it was sent in: what
    /// `LogWriter.append` says of it holds.
    public func append(_ event: Event) async throws(LogError) -> Receipt {
        let result: Result<Receipt, LogError> = await withUnsafeContinuation { caller in
            let starts = state.withLock { state in
                state.waiting.append(Waiting(event: event, caller: caller))
                guard state.sending < Self.sendingAtOnce else { return false }
                state.sending += 1
                return true
            }
            if starts { Task { await self.send() } }
        }
        return try result.get()
    }

    /// Sends what waits until nothing does. Two of these run at most.
    private func send() async {
        var builder = BatchBuilder()
        // Changes places with the events that wait, so that both arrays keep their memory.
        var waiting: [Waiting] = []
        while true {
            waiting.removeAll(keepingCapacity: true)
            state.withLock { state in
                swap(&state.waiting, &waiting)
                if waiting.isEmpty { state.sending -= 1 }
            }
            if waiting.isEmpty { return }
            await send(waiting, &builder)
        }
    }

    /// Sends events in as few batches as they fit in. A batch that is refused is halved, until the refusal is one event's.
    private func send(_ waiting: [Waiting], _ builder: inout BatchBuilder) async {
        var rest = [0..<waiting.count]
        while let range = rest.popLast() {
            let end = Self.fill(&builder, waiting[range])
            if end < range.upperBound { rest.append(end..<range.upperBound) }
            let callers = waiting[range.lowerBound..<end]
            let batch = builder.finish()
            // Columns that no event has any more would be carried along.
            if builder.columnCount > EventLimits.columnsPerBatch / 4 { builder = BatchBuilder() }
            do throws(LogError) {
                Self.answer(callers, try await log.append(batch, durability: durability))
            } catch {
                if error.code == .batchRefused, callers.count > 1 {
                    let middle = range.lowerBound + callers.count / 2
                    rest.append(middle..<end)
                    rest.append(range.lowerBound..<middle)
                } else {
                    for waiting in callers { waiting.caller.resume(returning: .failure(error)) }
                }
            }
        }
    }

    /// Adds events as long as they fit; where the rest begins.
    private static func fill(_ builder: inout BatchBuilder, _ waiting: ArraySlice<Waiting>) -> Int {
        for index in waiting.indices {
            let columns = builder.columnCount + waiting[index].event.attributes.count
            if builder.rowCount > 0, builder.isFull || columns > EventLimits.columnsPerBatch { return index }
            var event = waiting[index].event
            event.observed = nil
            builder.append(event)
        }
        return waiting.endIndex
    }

    /// Gives each caller the part of the receipt that is about its event.
    private static func answer(_ callers: ArraySlice<Waiting>, _ receipt: Receipt) {
        var duplicates = receipt.duplicates[...]
        var next = receipt.offsets?.lowerBound ?? 0
        for (row, waiting) in callers.enumerated() {
            var own = receipt
            if let duplicate = duplicates.first, duplicate.row == row {
                duplicates.removeFirst()
                own.appended = 0
                own.duplicates = [DuplicateRow(row: 0, original: duplicate.original)]
                own.offsets = nil
            } else {
                own.appended = 1
                own.duplicates = []
                own.offsets = next..<next + 1
                next += 1
            }
            waiting.caller.resume(returning: .success(own))
        }
    }
}
