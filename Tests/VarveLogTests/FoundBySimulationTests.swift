import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Bugs that the crash simulator found, each as the shortest story that shows it, and what it does not see by itself.
@Suite struct FoundBySimulationTests {
    /// Seed 1, state 18886. The second process took the directory for granted, because it was there.
    @Test func `a log whose making was killed half way is durable for the process that goes on with it`() throws {
        // Cut off behind every operation of the first process, whichever of them makes a directory.
        for operation in 1..<12 {
            let first = SimulatedDisk()
            first.plan([operation: .powerCut])
            #expect(throws: (any Error).self) { try LogFixture.core(first) }
            let second = first.kill()
            _ = try LogFixture.core(second).append([LogFixture.batch(2)])
            for seed in 0..<40 as Range<UInt64> {
                let after = second.crash(seed: seed)
                _ = try LogFixture.core(after)
                #expect(try LogFixture.read(after).numbers == [0, 1], "operation \(operation), seed \(seed)")
            }
        }
    }

    /// Seed 1, state 2935. A sync of the footer failed, the process died, and the next one found the footer in the cache: it
    /// synced it, which the kernel calls a success because the pages are clean, and listed the segment as sealed.
    @Test func `a footer whose sync failed is not trusted by the next process`() throws {
        let options = LogFixture.options { $0.segmentRows = 2 }
        var seen = 0
        for operation in 0..<30 {
            let first = SimulatedDisk()
            let core = try LogFixture.core(first, options)
            _ = try core.append([LogFixture.batch(2)])
            first.plan([first.operationCount + operation: .fail(5)])
            _ = try? core.append([LogFixture.batch(2, first: 2)])
            let second = first.kill()
            let again = try LogFixture.core(second, options)
            if again.report.cases.contains(where: { $0.label == "sealed" }) { seen += 1 }
            for seed in 0..<30 as Range<UInt64> {
                let after = second.crash(seed: seed)
                let report = try LogFixture.core(after, options).report
                let found = try LogFixture.read(after)
                #expect(report.damaged.isEmpty && found.damage.isEmpty, "operation \(operation), seed \(seed)")
                #expect(found.numbers.starts(with: [0, 1]))
            }
        }
        #expect(seen > 0)
    }

    /// Seed 62, state 784: of the first two writes of a segment only the second reached the disk.
    @Test func `frames that were never durable are no damage because their header is missing`() throws {
        let disk = SimulatedDisk()
        _ = try LogFixture.core(disk).append([LogFixture.batch(3)])
        let after = disk.kill()
        after.damage(LogFixture.segment(0)) { $0.replaceSubrange(0..<64, with: [UInt8](repeating: 0, count: 64)) }
        after.erase("data/log/durable")
        let report = try LogFixture.core(after).report
        #expect(report.cases.map(\.label) == ["unborn"])
        #expect(report.damaged.isEmpty && report.tornCopies.count == 1)
    }

    /// Seed 121, state 213: the first sync of a segment failed behind its header, the process died, and the next one went on
    /// behind a header that was only in the cache.
    @Test func `a header whose sync failed is written again by the next process`() throws {
        for operation in 20..<40 {
            let first = SimulatedDisk()
            first.plan([operation: .fail(5), operation + 1: .powerCut])
            _ = try? LogFixture.core(first).append([LogFixture.batch(3)])
            let second = first.kill()
            _ = try LogFixture.core(second).append([LogFixture.batch(2, ids: true)])
            for seed in 0..<20 as Range<UInt64> {
                let after = second.crash(seed: seed)
                let report = try LogFixture.core(after).report
                #expect(report.damaged.isEmpty, "operation \(operation), seed \(seed)")
                #expect(try LogFixture.read(after).numbers.suffix(2) == [0, 1], "operation \(operation), seed \(seed)")
            }
        }
    }

    /// Seed 52, state 4610: the manifest that lists a new sealed segment was written, and its sync failed. Compaction rewrote the
    /// segment, and when sealing was tried again it put the old footer over the end of the new file.
    @Test func `a segment that was compacted before its sealing is tried again stays as it is`() throws {
        let options = LogFixture.options { $0.segmentRows = 6 }
        for operation in 0..<40 {
            let disk = SimulatedDisk()
            let core = try LogFixture.core(disk, options)
            for first in [0, 3] { _ = try core.append([LogFixture.batch(3, first: first)]) }
            disk.plan([disk.operationCount + operation: .fail(5)])
            _ = try? core.append([LogFixture.batch(3, first: 6)])
            disk.plan([:])
            do {
                let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
                _ = try maintenance.compact(maintenance.planCompaction())
            }
            for first in stride(from: 9, to: 24, by: 3) { _ = try core.append([LogFixture.batch(3, first: first)]) }
            #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [], "operation \(operation)")
        }
    }

    /// Found by eight followers beside kills and retention: a writer that started took away the file that retention was writing.
    @Test func `a writer that starts leaves alone what maintenance is writing`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        _ = try core.append([LogFixture.batch(3)])
        let after = disk.kill()
        try after.replace("data/log/retention.tmp", with: [1])
        try after.replace("data/log/00000000000000000000.seg.compact", with: [1])
        try after.replace("data/log/00000000000000000000.seg.tmp", with: [1])
        _ = try LogFixture.core(after)
        #expect(after.contents("data/log/retention.tmp") != nil)
        #expect(after.contents("data/log/00000000000000000000.seg.compact") != nil)
        #expect(after.contents("data/log/00000000000000000000.seg.tmp") == nil)
    }

    @Test func `a write that fails for want of room leaves no part of a frame behind`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        _ = try core.append([LogFixture.batch(3)])
        let size = disk.contents(LogFixture.segment(0))?.count
        for _ in 0..<5 {
            disk.plan([disk.operationCount: .fail(28)])
            #expect(throws: (any Error).self) { try core.append([LogFixture.batch(30, first: 3)]) }
            #expect(disk.contents(LogFixture.segment(0))?.count == size)
        }
    }

    @Test func `a frame that repeats a higher watermark than the file proves that what stands before it is damage`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        for first in [0, 3, 6] { _ = try core.append([LogFixture.batch(3, first: first)]) }
        let after = disk.kill()
        after.erase("data/log/durable")
        after.damage(LogFixture.segment(0)) { $0[SegmentHeader.size + 200] ^= 1 }
        let report = try LogFixture.core(after).report
        #expect(report.damaged.map(\.offsets) == [0..<3])
        #expect(try LogFixture.read(after).numbers == Array(3..<9))
    }

    @Test func `the ids of an append that failed are free again`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        _ = try core.append([LogFixture.batch(3, ids: true)])
        disk.plan([disk.operationCount: .fail(28)])
        #expect(throws: (any Error).self) { try core.append([LogFixture.batch(2, first: 3, ids: true)]) }
        let receipt = try core.append([LogFixture.batch(2, first: 3, ids: true)])[0]
        #expect(receipt.appended == 2 && receipt.duplicates.isEmpty)
        #expect(try LogFixture.read(disk).numbers == Array(0..<5))
    }

    /// Of this log's own past, where only the chain tells; and of another log, where nothing follows that could tell.
    @Test(arguments: [true, false])
    func `a frame that stands in the right place and belongs elsewhere is damage`(isOurs: Bool) throws {
        func log(_ first: Int, _ store: StoreID) throws -> SimulatedDisk {
            let disk = SimulatedDisk()
            let core = try LogFixture.core(disk, LogFixture.options { $0.newStore = store })
            _ = try core.append([LogFixture.batch(numbers: [first])])
            if isOurs { _ = try core.append([LogFixture.batch(numbers: [99])]) }
            return disk.kill()
        }
        let disk = try log(7, LogFixture.store)
        let other = try log(14, isOurs ? LogFixture.store : StoreID(high: 1, low: 2))
        let segment = LogFixture.segment(0)
        let bytes = try #require(other.contents(segment))
        let size = try bytes.withUnsafeBytes {
            try FrameHeader(parsing: UnsafeRawBufferPointer(rebasing: $0[SegmentHeader.size...])).frameSize
        }
        #expect(disk.contents(segment)?.count == bytes.count)
        let frame = SegmentHeader.size..<(SegmentHeader.size + size)
        disk.damage(segment) { $0.replaceSubrange(frame, with: bytes[frame]) }
        #expect(try !LogFixture.core(disk).report.damaged.isEmpty)
    }
}
