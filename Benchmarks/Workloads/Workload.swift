internal import VarveBatchFormat
internal import VarveCatalog
internal import VarveEvents
internal import VarveHash

/// One unit of work of a module, on generated events.
public struct Workload: Sendable {
    /// `module.work`, such as `batch-format.decode-all`.
    public let name: String
    /// The number of events that one run processes.
    public let events: Int
    /// Runs it once. The result is a hash of the output, equal for every run on every machine.
    public let run: @Sendable () async throws -> UInt64

    init(_ name: String, events: Int, run: @escaping @Sendable () async throws -> UInt64) {
        self.name = name
        self.events = events
        self.run = run
    }
}

extension Workload {
    /// All of them over `events` generated events, at least one. What goes to disk goes below the directory `scratch`.
    public static func all(events: Int, scratch: String) throws -> [Workload] {
        let traffic = Traffic(events: events)
        return eventWorkloads(traffic) + wireWorkloads(traffic) + (try formatWorkloads(traffic))
            + foldWorkloads(traffic) + logWorkloads(traffic, scratch: scratch)
    }
}

/// The events that all workloads share: those of `varve generate` with its default seed.
struct Traffic: Sendable {
    let options: TrafficOptions
    /// As batches of at most one frame's rows, with offsets and append times as the writer would give them.
    let batches: [EventBatch]

    init(events: Int) {
        options = TrafficOptions(events: max(events, 1))
        var generator = TrafficGenerator(options)
        var batches: [EventBatch] = []
        var next: UInt64 = 0
        while true {
            var builder = BatchBuilder()
            guard generator.fill(&builder) > 0 else { break }
            var batch = builder.finish()
            batch.firstOffset = Offset(next)
            batch.observed = [Int64](repeating: 1_767_225_600_000_000_000, count: batch.rowCount)
            next += UInt64(batch.rowCount)
            batches.append(batch)
        }
        self.batches = batches
    }

    var events: Int { options.events }

    /// The context of a frame outside of any log.
    var context: FrameContext {
        FrameContext(
            store: StoreID(high: 1, low: 2), epoch: 1, segment: Offset(0), previousHash: 0, durableUpTo: Offset(0))
    }
}

/// A running hash over results.
struct ResultHash {
    private(set) var value: UInt64 = 0

    mutating func add(_ bytes: [UInt8]) {
        value = bytes.withUnsafeBytes { XXH3.hash64($0, seed: value) }
    }

    mutating func add(_ numbers: Int...) {
        for number in numbers {
            withUnsafeBytes(of: Int64(number).littleEndian) { value = XXH3.hash64($0, seed: value) }
        }
    }
}
