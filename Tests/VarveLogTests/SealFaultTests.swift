import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// What happens to sealing when a segment does not read back as it was written.
@Suite struct SealFaultTests {
    /// Events 0 ..< 20 in four frames; the second is damaged before anything else is appended.
    private static func damaged(_ disk: SimulatedDisk) throws -> LogCore {
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 20 })
        for part in 0..<4 { _ = try core.append([LogFixture.batch(5, first: part * 5)]) }
        let walk = try #require(disk.contents(LogFixture.segment(0))).withUnsafeBytes {
            SegmentWalk($0, store: LogFixture.store, first: Offset(0))
        }
        disk.damage(LogFixture.segment(0)) { $0[walk.frames[1].range.lowerBound + 200] ^= 0xFF }
        return core
    }

    @Test func `a damaged frame costs its own events, and sealing goes on`() throws {
        let disk = SimulatedDisk()
        let core = try Self.damaged(disk)
        for part in 0..<10 { _ = try core.append([LogFixture.batch(10, first: 20 + part * 10)]) }
        let segments = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        #expect(segments.filter(\.isSealed).map(\.firstOffset.value) == [0, 20, 40, 60, 80])
        #expect(segments[0].damaged.map(\.offsets) == [5..<10])
        let found = try LogFixture.read(disk)
        #expect(found.numbers == Array(0..<5) + Array(10..<120))
        #expect(found.damage.map(\.offsets) == [5..<10])
        try core.finish()
        let again = try LogFixture.core(disk.kill())
        #expect(again.report.damaged.map(\.offsets) == [5..<10])
        #expect(again.report.cases.map(\.label) == ["clean"])
        #expect(try again.append([LogFixture.batch(1, first: 120)])[0].offsets == 120..<121)
    }

    @Test func `damage is told with the next answer, and again by the writer as long as it is there`() throws {
        let disk = SimulatedDisk()
        let core = try Self.damaged(disk)
        let receipt = try core.append([LogFixture.batch(10, first: 20)])[0]
        #expect(receipt.backgroundErrors.count == 1)
        let error = try #require(receipt.backgroundErrors.first)
        #expect(error.place == "seal 00000000000000000000.seg" && error.count == 1)
        #expect(error.message.contains("5 ..< 10"))
        #expect(try core.append([LogFixture.batch(1, first: 30)])[0].backgroundErrors == [])
        #expect(core.errors.all == [error])
    }

    @Test(arguments: ["erased", "exchanged"]) func `a segment that is gone before it is sealed costs its events, and no others`(
        how: String
    ) throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 20 })
        _ = try core.append([LogFixture.batch(20)])
        if how == "erased" { disk.erase(LogFixture.segment(0)) } else { disk.damage(LogFixture.segment(0)) { $0 = [1, 2, 3] } }
        for part in 0..<4 { _ = try core.append([LogFixture.batch(20, first: 20 + part * 20)]) }
        let segments = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        #expect(segments.filter(\.isSealed).map(\.firstOffset.value) == [20, 40, 60])
        let found = try LogFixture.read(disk)
        #expect(found.numbers == Array(20..<100) && found.damage.map(\.offsets) == [0..<20])
        #expect(core.errors.all.map(\.place) == ["seal 00000000000000000000.seg"])
        try core.finish()
        let again = try LogFixture.core(disk.kill())
        #expect(try again.append([LogFixture.batch(1, first: 100)])[0].offsets == 100..<101)
    }

    @Test func `a disk that does not read for a while is told of, and then is not any more`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 20 })
        _ = try core.append([LogFixture.batch(20)])
        disk.makeUnreadable([LogFixture.segment(0)])
        let receipt = try core.append([LogFixture.batch(20, first: 20)])[0]
        #expect(receipt.backgroundErrors.map(\.place) == ["seal 00000000000000000000.seg"])
        _ = try core.append([LogFixture.batch(20, first: 40)])
        #expect(core.errors.all.map(\.count) == [2])
        disk.makeUnreadable([])
        _ = try core.append([LogFixture.batch(20, first: 60)])
        #expect(core.errors.all == [])
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().filter(\.isSealed).count == 3)
    }

    @Test func `a segment that retention has removed since is not sealed again`() throws {
        let disk = try LogFixture.tenDays()
        let paths = StorePaths(LogFixture.path)
        guard case .valid(var manifest) = try ManifestFiles.load(disk, paths) else { throw NoManifest() }
        let old = manifest.segments[0]
        let known = ManifestStore(manifest, disk, paths)
        manifest.segments.removeFirst(5)
        manifest.retained = Offset(50)
        manifest.generation += 1
        try ManifestFiles.store(manifest, disk, paths)
        // Between two of the sealer's jobs: what it knows is older, and what it is asked for it does not know.
        let stale = ManifestStore({ var before = known.manifest; before.segments.removeFirst(); return before }(), disk, paths)
        let sealer = Sealer(
            disk: disk, paths: paths, manifestStore: stale, ids: IDIndex(disk, paths, stale, IDMemory(0)),
            errors: BackgroundErrors())
        try sealer.seal(SealJob(first: old.first, end: old.end, keep: 64))
        #expect(stale.manifest.segments == manifest.segments)
        // One that was never sealed and lies before what is: a mistake of ours, and no trap.
        let wrong = SealJob(first: Offset(53), end: Offset(55), keep: 64)
        #expect(throws: LogError.self) { try sealer.seal(wrong) }
    }

    @Test func `what is wrong is told to other processes too, until the log is opened again`() throws {
        let disk = SimulatedDisk()
        let core = try Self.damaged(disk)
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        #expect(try reader.backgroundErrors() == [])
        _ = try core.append([LogFixture.batch(10, first: 20)])
        #expect(core.errors.all.count == 1)
        #expect(try reader.backgroundErrors() == core.errors.all)
        try core.finish()
        #expect(try reader.backgroundErrors().count == 1)
        // A report that was changed says nothing, whichever bit it is.
        let path = StorePaths(LogFixture.path).backgroundErrors
        let bytes = try #require(disk.contents(path))
        for bit in bytes.indices.map({ $0 * 8 + $0 % 8 }) {
            disk.damage(path) { $0 = bytes; $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            #expect(try reader.backgroundErrors() == [])
        }
        let next = disk.kill()
        _ = try LogFixture.core(next)
        #expect(try LogReader.open(at: LogFixture.path, disk: next).backgroundErrors() == [] && next.contents(path) == nil)
    }

    @Test func `an error that nobody knows is a mistake of ours, not of the disk`() {
        struct Strange: Error {}
        #expect(LogError(Strange()).code == .internal)
    }

    private struct NoManifest: Error {}
}
