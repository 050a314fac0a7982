import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct AppendTests {
    @Test func `what was appended is read back in order`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        let first = try core.append([LogFixture.batch(10)])
        #expect(first == [Receipt(appended: 10, offsets: 0..<10, durable: Offset(10))])
        let second = try core.append([LogFixture.batch(5, first: 10), LogFixture.batch(1, first: 15)])
        #expect(second.map(\.offsets) == [10..<15, 15..<16])
        let found = try LogFixture.read(disk)
        #expect(found.numbers == Array(0..<16))
        #expect(found.offsets == Array(0..<16))
        #expect(found.damage.isEmpty)
        #expect(try LogFixture.read(disk, 7..<12).numbers == Array(7..<12))
    }

    @Test func `a log that was closed goes on where it ended`() throws {
        let disk = SimulatedDisk()
        for round in 0..<4 {
            let core = try LogFixture.core(disk)
            #expect(core.report.isClean, "round \(round): \(core.report)")
            #expect(core.report.epoch == UInt32(round + 1))
            _ = try core.append([LogFixture.batch(3, first: round * 3)])
            try core.finish()
        }
        #expect(try LogFixture.read(disk).numbers == Array(0..<12))
    }

    @Test func `segments roll by rows and are sealed`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        for round in 0..<12 { _ = try core.append([LogFixture.batch(4, first: round * 4, ids: true)]) }
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        let segments = try reader.segments()
        #expect(segments.map(\.firstOffset.value) == [0, 8, 16, 24, 32, 40])
        #expect(segments.map(\.isSealed) == [true, true, true, true, true, false])
        #expect(try LogFixture.read(disk).numbers == Array(0..<48))
        #expect(try LogFixture.read(disk, 5..<19).numbers == Array(5..<19))
        try core.finish()
        let again = try LogFixture.core(disk)
        #expect(again.report.isClean)
        let receipt = try again.append([LogFixture.batch(numbers: [3, 48, 47], ids: true)])
        #expect(receipt[0].duplicates == [DuplicateRow(row: 0, original: Offset(3)), DuplicateRow(row: 2, original: Offset(47))])
        #expect(receipt[0].offsets == 48..<49)
    }

    @Test func `an id is appended once, within a batch, across batches and across restarts`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        var receipts = try core.append([LogFixture.batch(numbers: [1, 2, 1], ids: true)])
        #expect(receipts[0].duplicates == [DuplicateRow(row: 2, original: Offset(0))])
        receipts = try core.append([LogFixture.batch(numbers: [2, 3], ids: true), LogFixture.batch(numbers: [3], ids: true)])
        #expect(receipts.map(\.appended) == [1, 0])
        #expect(receipts[1].duplicates == [DuplicateRow(row: 0, original: Offset(2))])
        #expect(receipts[1].offsets == nil)
        // Another tenant's ids are its own, and events without id are never duplicates.
        receipts = try core.append([LogFixture.batch(numbers: [1], ids: true, tenant: "t"), LogFixture.batch(numbers: [1])])
        #expect(receipts.map(\.appended) == [1, 1])
        let again = try LogFixture.core(disk.kill())
        receipts = try again.append([LogFixture.batch(numbers: [1, 2, 3, 4], ids: true)])
        #expect(receipts[0].duplicates.map(\.original.value) == [0, 1, 2])
        #expect(receipts[0].appended == 1)
    }

    @Test func `append times never go back`() throws {
        let disk = SimulatedDisk()
        let clock = Monitor<Int64>(1000)
        let options = LogFixture.options { $0.clock = { Timestamp(nanoseconds: clock.withLock { $0 }) } }
        let core = try LogFixture.core(disk, options)
        for now in [1000, 500, 2000, 100] as [Int64] {
            clock.withLock { $0 = now }
            _ = try core.append([LogFixture.batch(1)])
        }
        try core.finish()
        let again = try LogFixture.core(disk, options)
        _ = try again.append([LogFixture.batch(1)])
        var observed: [Int64] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<10) { observed += $0.observed }
        #expect(observed == [1000, 1000, 2000, 2000, 2000])
    }

    @Test func `a second writer is refused and told who holds the lock`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        defer { withExtendedLifetime(core) {} }
        let error = #expect(throws: (any Error).self) { try LogFixture.core(disk) }
        let logError = LogError(try #require(error))
        #expect(logError.code == .lockHeld)
        #expect(logError.message.contains("pid "))
    }
}
