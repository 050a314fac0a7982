// One of the columns that single events go into (OpenEvents.swift), and whose events stand there.

internal import VarveBatchFormat
internal import VarveEvents

/// Who is told what became of an event.
enum Teller {
    case producer(EventProducer)
    case caller(UnsafeContinuation<Result<Receipt, LogError>, Never>)
}

/// Events of one producer that stand side by side in a lane.
struct EventRun: Sendable {
    var teller: Teller
    /// The producer's number of the first.
    var first: UInt64 = 0
    var count = 1
    var bytes: Int
}

/// Where a producer's latest events stand.
struct LanePlace {
    var lane = 0
    /// The lane's, when they came there.
    var generation = UInt64.max
}

/// Columns that are being filled, and whose events stand there.
struct EventLane {
    private(set) var builder: BatchBuilder
    private(set) var runs: [EventRun] = []
    private var full: [FilledLane] = []
    /// Bytes of the signals' names, equal ones counted each time: bounds those of a frame's directory.
    private var signalBytes = 0
    /// How often it was taken.
    private(set) var generation: UInt64 = 0
    /// The producer that fills it.
    var owner: ObjectIdentifier?
    /// Why the log takes no more; looked at before an event is added.
    private(set) var end: LogError?

    init(_ builder: BatchBuilder = BatchBuilder()) { self.builder = builder }

    /// Adds an event of `bytes` raw bytes, unless there is an `end`. Returns how many rows there are.
    @discardableResult
    mutating func add(_ event: Event, _ bytes: Int, _ teller: Teller, _ number: UInt64) -> Int {
        if !hasRoom(for: event, bytes) { close(BatchBuilder()) }
        signalBytes += event.signal.utf8.count
        builder.append(event, keepsObserved: false)
        if case .producer(let producer) = teller, let last = runs.indices.last,
            case .producer(let latest) = runs[last].teller, latest === producer
        {
            runs[last].count += 1
            runs[last].bytes += bytes
        } else {
            runs.append(EventRun(teller: teller, first: number, bytes: bytes))
        }
        return builder.rowCount
    }

    private func hasRoom(for event: Event, _ bytes: Int) -> Bool {
        builder.rowCount == 0
            || builder.rowCount < EventLimits.rowsPerBatch && builder.byteCount + bytes <= EventLimits.bytesPerBatch
                && builder.columnCount + event.attributes.count <= EventLimits.columnsPerBatch
                && signalBytes + event.signal.utf8.count <= FormatLimits.directoryBytes / 2
    }

    /// Puts the columns aside, and goes on with those of `next`.
    private mutating func close(_ next: BatchBuilder) {
        full.append(FilledLane(builder: builder, runs: runs))
        builder = next
        let count = runs.count
        runs = []
        runs.reserveCapacity(count)
        signalBytes = 0
    }

    /// Hands out what came, and goes on with the columns of `spare`. With an `end` it takes no more.
    mutating func take(_ end: LogError?, spare: () -> BatchBuilder) -> [FilledLane] {
        self.end = self.end ?? end
        generation += 1
        owner = nil
        if builder.rowCount > 0 { close(spare()) }
        defer { full = [] }
        return full
    }
}

/// What was taken of a lane.
struct FilledLane: Sendable {
    var builder: BatchBuilder
    var runs: [EventRun]
}
