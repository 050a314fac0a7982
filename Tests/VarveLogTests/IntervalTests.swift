import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Appends of level `interval`: acknowledged when written, synced soon.
@Suite struct IntervalTests {
    private static let inputOutput: Int32 = 5
    private static let noSpace: Int32 = 28

    /// A core whose sync clock is turned by hand.
    private static func core(
        _ disk: SimulatedDisk, segmentRows: Int = 1_000, clock: Monitor<Int64> = Monitor(0)
    ) throws -> LogCore {
        let options = LogFixture.options {
            $0.segmentRows = segmentRows
            $0.elapsed = { clock.withLock { $0 } }
        }
        return try LogFixture.core(disk, options)
    }

    private static func interval(_ rows: Int, first: Int) -> EventBatch { LogFixture.batch(rows, first: first, ids: true) }

    @Test func `an interval append is acknowledged when written, and no reader sees it before it is durable`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk)
        _ = try core.append([LogFixture.batch(3)])
        let operations = disk.operationCount
        let receipt = try core.append([LogFixture.batch(2, first: 3)], .interval)[0]
        // One write, no sync, no watermark.
        #expect(disk.operationCount == operations + 1)
        #expect(receipt.offsets == 3..<5 && receipt.durability == .interval && receipt.durable == Offset(3))
        #expect(receipt.durableWithin?.milliseconds == 200)
        #expect(try LogFixture.read(disk).numbers == [0, 1, 2])
        try core.sync()
        #expect(try LogFixture.read(disk).numbers == Array(0..<5))
    }

    @Test func `the sync is due when the interval has passed since the oldest append, by a clock that nobody sets`() throws {
        let disk = SimulatedDisk()
        let clock = Monitor<Int64>(7)
        let core = try Self.core(disk, clock: clock)
        #expect(!core.isSyncDue)
        _ = try core.append([LogFixture.batch(1)], .interval)
        clock.withLock { $0 += 150_000_000 }
        _ = try core.append([LogFixture.batch(1, first: 1)], .interval)
        #expect(!core.isSyncDue)
        clock.withLock { $0 += 50_000_000 }
        #expect(core.isSyncDue)
        // The next append finds it due, whatever its own level, and is durable with the others.
        let receipt = try core.append([LogFixture.batch(1, first: 2)], .interval)[0]
        #expect(receipt.durable == Offset(3) && receipt.durability == .sync && receipt.durableWithin == nil)
        #expect(!core.isSyncDue && core.syncDue == nil)
    }

    @Test func `a sync append makes all interval appends before it durable with one sync`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk)
        _ = try core.append([LogFixture.batch(3)])
        for number in 3..<6 { _ = try core.append([LogFixture.batch(1, first: number)], .interval) }
        let operations = disk.operationCount
        let receipt = try core.append([LogFixture.batch(1, first: 6)])[0]
        // Frame, sync, watermark.
        #expect(disk.operationCount == operations + 3)
        #expect(receipt.durability == .sync && receipt.durable == Offset(7))
        for seed in 0..<50 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            _ = try LogFixture.core(after)
            #expect(try LogFixture.read(after).numbers == Array(0..<7), "seed \(seed)")
        }
    }

    @Test func `a killed process loses nothing that was acknowledged, at any level`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk, segmentRows: 4)
        for number in 0..<7 { _ = try core.append([Self.interval(1, first: number)], .interval) }
        _ = core
        let killed = disk.kill()
        let again = try LogFixture.core(killed)
        #expect(try LogFixture.read(killed).numbers == Array(0..<7))
        #expect(again.report.damaged.isEmpty && again.report.tornBytes == 0)
    }

    @Test(arguments: [3, 1_000])
    func `a power cut takes a suffix of what no sync has covered, and nothing else`(segmentRows: Int) throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk, segmentRows: segmentRows)
        var durable = 0
        for number in 0..<12 {
            let receipt = try core.append([Self.interval(1, first: number)], number == 3 ? .sync : .interval)[0]
            durable = max(durable, Int(receipt.durable.value))
        }
        #expect(durable >= 4)
        var counts: Set<Int> = []
        for seed in 0..<200 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            let again = try LogFixture.core(after)
            let numbers = try LogFixture.read(after).numbers
            #expect(numbers == Array(0..<Int64(numbers.count)) && numbers.count >= durable, "seed \(seed)")
            #expect(again.report.damaged.isEmpty)
            counts.insert(numbers.count)
            // A retry appends what is missing, once.
            let retry = try again.append([Self.interval(12, first: 0)])[0]
            #expect(retry.appended == 12 - numbers.count && retry.durability == .sync)
        }
        // Both ends were met, and something between.
        #expect(counts.contains(durable) && counts.contains(12) && counts.count > 2, "\(counts)")
    }

    @Test func `a duplicate of an original that is not durable waits for it only when it asks for sync`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk)
        _ = try core.append([Self.interval(2, first: 0)])
        _ = try core.append([Self.interval(2, first: 2)], .interval)
        let operations = disk.operationCount
        let early = try core.append([Self.interval(1, first: 3)], .interval)[0]
        #expect(early.durability == .interval && early.duplicates.map(\.original) == [Offset(3)])
        // One whose original is durable needs nothing, and says so.
        let old = try core.append([Self.interval(1, first: 1)])[0]
        #expect(old.durability == .sync && old.duplicates.map(\.original) == [Offset(1)])
        #expect(disk.operationCount == operations)
        let sure = try core.append([Self.interval(1, first: 3)])[0]
        #expect(sure.durability == .sync && sure.durable == Offset(4))
        // A sync and the watermark; nothing is written.
        #expect(disk.operationCount == operations + 2)
    }

    @Test func `a retry of a stamped interval append is answered at the level that holds`() throws {
        let core = try Self.core(SimulatedDisk())
        let append = StampedBatch(
            batch: LogFixture.batch(2), stamp: ProducerStamp(producer: 7, epoch: 1, sequence: 1), durability: .interval)
        #expect(try core.append([append])[0].durability == .interval)
        let again = try core.append([append])[0]
        #expect(again.isRetry && again.durability == .interval && again.offsets == 0..<2)
        var sure = append
        sure.durability = .sync
        let synced = try core.append([sure])[0]
        #expect(synced.isRetry && synced.durability == .sync && synced.durable == Offset(2))
    }

    @Test func `after a failed sync what was acknowledged goes into a new segment, from memory`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk)
        _ = try core.append([LogFixture.batch(3)])
        for number in 3..<6 { _ = try core.append([LogFixture.batch(1, first: number)], .interval) }
        disk.plan([disk.operationCount: .fail(Self.inputOutput)])
        try core.sync()
        #expect(disk.failedSyncs == 1 && disk.paths.contains(LogFixture.segment(3)))
        let receipt = try core.append([LogFixture.batch(1, first: 6)])[0]
        #expect(receipt.offsets == 6..<7)
        for seed in 0..<100 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            _ = try LogFixture.core(after)
            #expect(try LogFixture.read(after).numbers == Array(0..<7), "seed \(seed)")
        }
    }

    /// A run of a million crash states found this one: the second new segment was sealed before the one that had been left.
    @Test func `what goes into more than one new segment is sealed behind the segment that was left`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk, segmentRows: 12)
        _ = try core.append([LogFixture.batch(2)])
        _ = try core.append([LogFixture.batch(9, first: 2)], .interval)
        // The next append begins a segment, and for that the one before is synced.
        disk.plan([disk.operationCount: .fail(Self.inputOutput)])
        let receipt = try core.append([LogFixture.batch(5, first: 11)])[0]
        #expect(disk.failedSyncs == 1 && receipt.offsets == 11..<16)
        #expect(try LogFixture.read(disk).numbers == Array(0..<16))
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().map(\.isSealed) == [true, true, false])
        for seed in 0..<50 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            _ = try LogFixture.core(after)
            #expect(try LogFixture.read(after).numbers == Array(0..<16), "seed \(seed)")
        }
    }

    @Test func `acknowledged events that cannot be made durable end the writer, and everybody is told`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk)
        _ = try core.append([Self.interval(3, first: 0)])
        for number in 3..<6 { _ = try core.append([Self.interval(1, first: number)], .interval) }
        disk.failEverything(with: Self.inputOutput)
        let lost = #expect(throws: LogError.self) { try core.append([Self.interval(1, first: 6)]) }
        #expect(lost?.code == .acknowledgedLost && lost?.message.contains("events 3 ..< 6 ") == true, "\(lost?.message ?? "")")
        disk.failEverything(with: nil)
        // Also when the disk works again: what its callers believe is not so.
        let next = #expect(throws: LogError.self) { try core.append([Self.interval(1, first: 7)], .interval) }
        #expect(next?.code == .acknowledgedLost)
        let end = #expect(throws: LogError.self) { try core.finish() }
        #expect(end?.code == .acknowledgedLost)
        for seed in 0..<50 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            let again = try LogFixture.core(after)
            let found = try LogFixture.read(after).numbers.count
            #expect((3...6).contains(found))
            #expect(try again.append([Self.interval(8, first: 0)])[0].appended == 8 - found, "seed \(seed)")
        }
    }

    @Test func `a write that fails is cut back to what was acknowledged, not behind it`() throws {
        let disk = SimulatedDisk()
        let core = try Self.core(disk)
        _ = try core.append([Self.interval(3, first: 0)])
        for number in 3..<6 { _ = try core.append([Self.interval(1, first: number)], .interval) }
        disk.plan([disk.operationCount: .fail(Self.noSpace)])
        let full = #expect(throws: LogError.self) { try core.append([Self.interval(1, first: 6)], .interval) }
        #expect(full?.code == .noSpace)
        let killed = disk.kill()
        _ = try LogFixture.core(killed)
        #expect(try LogFixture.read(killed).numbers == Array(0..<6))
        #expect(try core.append([Self.interval(1, first: 6)])[0].durable == Offset(7))
        #expect(try LogFixture.read(disk).numbers == Array(0..<7))
    }

    @Test func `more than fits into memory is synced early`() throws {
        let core = try Self.core(SimulatedDisk())
        var builder = BatchBuilder()
        let text = String(repeating: "x", count: 1 << 20)
        for number in 0..<12 {
            builder.append(
                Event(
                    time: Timestamp(nanoseconds: 1), signal: "s", attributes: [Attribute("text", .string("\(number)\(text)"))]))
        }
        let batch = builder.finish()
        let levels = try (0..<4).map { _ in try core.append([batch], .interval)[0].durability }
        #expect(levels == [.interval, .interval, .interval, .sync])
    }

    @Test func `an interval is 50 to 1,000 milliseconds`() {
        for (milliseconds, isAllowed) in [(49, false), (50, true), (200, true), (1_000, true), (1_001, false), (-1, false)] {
            #expect((SyncInterval(milliseconds: milliseconds)?.milliseconds == milliseconds) == isAllowed)
        }
    }
}
