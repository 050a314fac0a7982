import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Small logs on the simulated disk.
enum LogFixture {
    static let path = "data"
    static let store = StoreID(high: 0x1122_3344_5566_7788, low: 0x99AA_BBCC_DDEE_FF00)

    static let day: Int64 = 86_400_000_000_000
    static let start: Int64 = 1_700_000_000_000_000_000

    /// Ten segments of 10 events, one a day; the eleventh is active.
    static func tenDays() throws -> SimulatedDisk { try days(10) }

    static func days(_ count: Int) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let clock = Monitor(start)
        let core = try core(
            disk,
            options {
                $0.segmentRows = 10
                $0.clock = { Timestamp(nanoseconds: clock.withLock { $0 }) }
            })
        for number in 0...count {
            clock.withLock { $0 = start + Int64(number) * day }
            _ = try core.append([batch(10, first: number * 10, ids: true)])
        }
        try core.finish()
        return disk.kill()
    }

    /// Options under which a clock ticks one millisecond per look.
    static func options(_ change: (inout LogOptions) -> Void = { _ in }) -> LogOptions {
        var options = LogOptions()
        options.newStore = store
        options.clock = { Timestamp(nanoseconds: start) }
        change(&options)
        return options
    }

    /// A core that seals at once.
    static func core(_ disk: any Disk, _ options: LogOptions = options()) throws -> LogCore {
        try LogCore(at: path, disk, options) { sealer in
            let queue = SealQueue(sealer)
            return { queue.submit($0) }
        }
    }

    /// Expects that a log is recovered from `disk`, the power gone, with everything that was acknowledged, and nothing twice.
    static func expectKept(
        _ acknowledged: [Int64], after disk: SimulatedDisk, seed: UInt64, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let after = disk.crash(seed: seed)
        _ = try core(after)
        let found = try read(after).numbers
        #expect(Set(found).count == found.count, sourceLocation: sourceLocation)
        #expect(Set(acknowledged).isSubset(of: found), sourceLocation: sourceLocation)
    }

    /// `rows` events numbered from `first` on, in two signals. With `ids` each has the id `e<number>`.
    static func batch(_ rows: Int, first: Int = 0, ids: Bool = false, tenant: String? = nil) -> EventBatch {
        batch(numbers: Array(first..<(first + rows)), ids: ids, tenant: tenant)
    }

    static func batch(numbers: [Int], ids: Bool = false, tenant: String? = nil) -> EventBatch {
        var builder = BatchBuilder()
        for number in numbers {
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: 1_600_000_000_000_000_000 + Int64(number)),
                    signal: number % 3 == 0 ? "retry.success" : "retry.attempt", id: ids ? "e\(number)" : nil,
                    tenant: tenant, component: "c\(number % 7)", attributes: [Attribute("number", .int64(Int64(number)))]))
        }
        return builder.finish()
    }

    /// The numbers of all events that a reader sees, with their offsets, and the damage it reports.
    static func read(_ disk: any Disk, _ range: Range<UInt64> = 0..<UInt64.max) throws -> (
        numbers: [Int64], offsets: [UInt64], damage: [DamagedRange]
    ) {
        var numbers: [Int64] = []
        var offsets: [UInt64] = []
        var damage: [DamagedRange] = []
        let reader = try LogReader.open(at: path, disk: disk)
        try reader.scan(range, onDamage: { damage.append($0) }) { batch in
            batch.forEachEvent { offset, event in
                offsets.append(offset.value)
                if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
            }
        }
        return (numbers, offsets, damage)
    }

    static func segment(_ first: UInt64) -> String { StorePaths(path).segment(Offset(first)) }
}
