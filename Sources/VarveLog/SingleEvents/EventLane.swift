// A lane: a set of columns that single events are collected in (OpenEvents.swift), and who sent them.

internal import VarveBatchFormat
internal import VarveEvents

/// Who receives the outcome of an event.
enum ReplyTarget {
    case producer(EventProducer)
    case caller(UnsafeContinuation<Result<Receipt, LogError>, Never>)
}

/// Adjacent events of one producer in a lane.
struct EventRun: Sendable {
    var target: ReplyTarget
    /// The producer's number of the first event.
    var first: UInt64 = 0
    var count = 1
    var bytes: Int
}

/// The lane that holds a producer's latest events.
struct LanePlace {
    var lane = 0
    /// The lane's generation when they were added.
    var generation = UInt64.max
}

/// Columns being filled, and the senders of their events.
struct EventLane {
    private(set) var builder: BatchBuilder
    private(set) var runs: [EventRun] = []
    private var full: [FilledLane] = []
    /// Total bytes of signal names, repeated ones included. Bounds the size of the frame's directory.
    private var signalBytes = 0
    /// How often the lane was taken.
    private(set) var generation: UInt64 = 0
    /// The producer that fills the lane.
    var owner: ObjectIdentifier?
    /// Why the log accepts no more events; set before the log closes, and checked by callers of `add`.
    private(set) var end: LogError?

    init(_ builder: BatchBuilder = BatchBuilder()) { self.builder = builder }

    /// Adds an event of `bytes` raw bytes. Must not be called once `end` is set. Returns the number of rows.
    @discardableResult
    mutating func add(_ event: Event, _ bytes: Int, _ target: ReplyTarget, _ number: UInt64) -> Int {
        if !hasRoom(for: event, bytes) { close(BatchBuilder()) }
        signalBytes += event.signal.utf8.count
        builder.append(event, keepsObserved: false)
        if case .producer(let producer) = target, let last = runs.indices.last,
            case .producer(let latest) = runs[last].target, latest === producer
        {
            runs[last].count += 1
            runs[last].bytes += bytes
        } else {
            runs.append(EventRun(target: target, first: number, bytes: bytes))
        }
        return builder.rowCount
    }

    private func hasRoom(for event: Event, _ bytes: Int) -> Bool {
        builder.rowCount == 0
            || builder.rowCount < EventLimits.rowsPerBatch && builder.byteCount + bytes <= EventLimits.bytesPerBatch
                && builder.columnCount + event.attributes.count <= EventLimits.columnsPerBatch
                && signalBytes + event.signal.utf8.count <= FormatLimits.directoryBytes / 2
    }

    /// Moves the full columns aside and continues with `next`.
    private mutating func close(_ next: BatchBuilder) {
        full.append(FilledLane(builder: builder, runs: runs))
        builder = next
        let count = runs.count
        runs = []
        runs.reserveCapacity(count)
        signalBytes = 0
    }

    /// Returns all collected events and continues with a builder from `spare`. If `end` is given, the lane accepts no more.
    mutating func take(_ end: LogError?, spare: () -> BatchBuilder) -> [FilledLane] {
        self.end = self.end ?? end
        generation += 1
        owner = nil
        if builder.rowCount > 0 { close(spare()) }
        defer { full = [] }
        return full
    }
}

/// Events taken from a lane.
struct FilledLane: Sendable {
    var builder: BatchBuilder
    var runs: [EventRun]
}
