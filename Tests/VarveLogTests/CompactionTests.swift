import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct CompactionTests {
    /// Segments of 40 rows in frames of 4, ids and all types of columns; `open` leaves the last one active.
    private static func log(events: Int = 130) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 40 })
        let given = randomEvents(count: events, seed: 3)
        for first in stride(from: 0, to: events, by: 4) {
            var builder = BatchBuilder()
            for event in given[first..<min(first + 4, events)] { builder.append(event) }
            _ = try core.append([builder.finish()])
        }
        try core.finish()
        return disk.kill()
    }

    private static func events(_ disk: SimulatedDisk) throws -> [Event] {
        var events: [Event] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64.max, onDamage: { Issue.record("\($0)") }) { batch in
            batch.forEachEvent { offset, event in
                #expect(offset.value == UInt64(events.count))
                events.append(event)
            }
        }
        return events
    }

    private static func compact(_ disk: any Disk) throws -> CompactionReport {
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        return try maintenance.compact(maintenance.planCompaction())
    }

    @Test func `compaction keeps events, offsets, content hashes and the chain, and makes one frame of many`() throws {
        let disk = try Self.log()
        let before = try Self.events(disk)
        let segments = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        let report = try Self.compact(disk)
        #expect(report.rewritten.map(\.firstOffset) == segments.filter(\.isSealed).map(\.firstOffset.value))
        #expect(report.rewritten.allSatisfy { $0.framesBefore == 10 && $0.framesAfter == 1 })
        #expect(report.failed.isEmpty)
        #expect(try Self.events(disk) == before)
        let after = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        #expect(after.map(\.contentHash) == segments.map(\.contentHash))
        #expect(after.map(\.firstOffset) == segments.map(\.firstOffset))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        #expect(try Self.compact(disk).rewritten.isEmpty)
        #expect(!disk.paths.contains { $0.hasSuffix(".compact") })
    }

    @Test func `the log goes on after a compaction, and knows its ids`() throws {
        let disk = try Self.log()
        let before = try Self.events(disk)
        _ = try Self.compact(disk)
        for path in disk.paths where path.hasPrefix("data/ids/") { disk.erase(path) }
        let core = try LogFixture.core(disk)
        var builder = BatchBuilder()
        for event in before {
            var event = event
            event.observed = nil
            builder.append(event)
        }
        let receipt = try core.append([builder.finish()])[0]
        #expect(receipt.duplicates.count == before.count { $0.id != nil })
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    @Test func `the active segment is sealed when nobody writes, and left alone when somebody does`() throws {
        let disk = try Self.log()
        let options = LogFixture.options()
        let writer = try LogFixture.core(disk)
        #expect(try !LogMaintenance.sealActive(at: LogFixture.path, disk: disk, options: options))
        try writer.finish()
        let closed = disk.kill()
        #expect(try LogMaintenance.sealActive(at: LogFixture.path, disk: closed, options: options))
        let segments = try LogReader.open(at: LogFixture.path, disk: closed).segments()
        #expect(segments.allSatisfy { $0.isSealed })
        #expect(try !LogMaintenance.sealActive(at: LogFixture.path, disk: closed, options: options))
        #expect(try LogFixture.core(closed).append([LogFixture.batch(1)])[0].offsets == 130..<131)
    }

    @Test func `a writer goes on sealing while segments are rewritten beside it`() throws {
        let disk = try Self.log()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 40 })
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        let plan = try maintenance.planCompaction()
        for first in stride(from: 0, to: 90, by: 9) { _ = try core.append([LogFixture.batch(9, first: first)]) }
        #expect(try maintenance.compact(plan).rewritten.count == 3)
        for first in stride(from: 0, to: 90, by: 9) { _ = try core.append([LogFixture.batch(9, first: first)]) }
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().count { $0.isSealed } > 5)
        #expect(throws: LogError.self) { try LogMaintenance.open(at: LogFixture.path, disk: disk) }
        try core.finish()
    }

    @Test func `a damaged segment is not touched`() throws {
        let disk = try Self.log()
        let path = LogFixture.segment(40)
        disk.damage(path) { $0[300] ^= 1 }
        let bytes = disk.contents(path)
        let report = try Self.compact(disk)
        #expect(report.rewritten.map(\.firstOffset) == [0, 80])
        #expect(report.failed.map(\.segment) == [40])
        #expect(disk.contents(path) == bytes)
    }

    @Test func `a flipped bit in a rewritten segment is found`() throws {
        let disk = try Self.log()
        _ = try Self.compact(disk)
        let path = LogFixture.segment(40)
        let count = try #require(disk.contents(path)?.count)
        for bit in stride(from: 0, to: count * 8, by: 101) {
            let hurt = disk.snapshot()
            hurt.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            let report = try LogVerifier.verify(at: LogFixture.path, disk: hurt)
            #expect(report.faults.contains { $0.file == path }, "bit \(bit)")
        }
    }

    /// Rewrites the first segment of a log into frames of `frameRows`.
    private static func rewrite(_ disk: SimulatedDisk, frameRows: Int) throws -> (RewrittenSegment, SimulatedDisk) {
        let copy = disk.snapshot()
        guard case .valid(let manifest) = try ManifestFiles.load(copy, StorePaths(LogFixture.path)) else {
            throw LogError(.damaged, "no manifest")
        }
        let path = LogFixture.segment(0)
        let file = try copy.create(path + ".compact")
        let rewritten = try SegmentRewriter.rewrite(
            copy.openFile(path), into: file, manifest.store, manifest.segments[0], frameRows: frameRows)
        return (rewritten, copy)
    }

    @Test(arguments: [1, 3, 16, 50, 1_000])
    func `rewriting holds the rows of one frame read and of one frame to be written`(frameRows: Int) throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 600 })
        var (next, size) = (0, 1)
        while next < 700 {
            _ = try core.append([LogFixture.batch(size, first: next, ids: true)])
            next += size
            size = size % 17 + 1
        }
        let (rewritten, _) = try Self.rewrite(disk.kill(), frameRows: frameRows)
        #expect(rewritten.rowsHeld <= frameRows + 17 && rewritten.frames >= 600 / (frameRows + 17))
        #expect(rewritten.framesBefore > 60 && rewritten.record.rows > 580)
    }

    @Test func `a segment that would not become smaller is kept, and not tried again`() throws {
        let disk = try Self.log()
        // Frames as large as they can be, compressed as hard as they can be: rewritten once more it stays as large.
        _ = try Self.compact(disk)
        guard case .valid(let manifest) = try ManifestFiles.load(disk, StorePaths(LogFixture.path)) else {
            Issue.record("no manifest")
            return
        }
        let plan = CompactionPlan(
            manifest.segments.map {
                CompactionPlan.Segment(
                    firstOffset: $0.first.value, endOffset: $0.end.value, bytes: $0.bytes, events: $0.rows, frames: 1,
                    revision: 0, isDamaged: false)
            })
        let contents = manifest.segments.map { disk.contents(LogFixture.segment($0.first.value)) }
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            let report = try maintenance.compact(plan)
            #expect(report.kept.map(\.firstOffset) == [0, 40, 80] && report.rewritten.isEmpty && report.failed.isEmpty)
            #expect(report.kept.allSatisfy { $0.bytesAfter >= $0.bytesBefore })
        }
        #expect(manifest.segments.map { disk.contents(LogFixture.segment($0.first.value)) } == contents)
        #expect(!disk.paths.contains { $0.hasSuffix(".compact") })
        guard case .valid(let after) = try ManifestFiles.load(disk, StorePaths(LogFixture.path)) else { return }
        #expect(after.segments.allSatisfy { $0.isTight && !$0.isDamaged })
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        let tight = CompactionPlan.Segment(
            firstOffset: 0, endOffset: 40, bytes: 1, events: 40, frames: 10, revision: 0, isDamaged: false, isTight: true)
        #expect(CompactionPlan([tight]).rewrites.isEmpty && CompactionPlan([tight]).tight == 1)
    }
}
