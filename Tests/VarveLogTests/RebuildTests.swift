import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Both manifests are lost, and something else is wrong too: what is there stays, and counts.
@Suite struct RebuildTests {
    /// Three sealed segments of six events in two frames, and an active one with three.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
        for round in 0..<7 { _ = try core.append([LogFixture.batch(3, first: round * 3, ids: true)]) }
        try core.finish()
        return disk.kill()
    }

    private static func loseManifests(_ disk: SimulatedDisk) {
        for path in StorePaths(LogFixture.path).manifests { disk.erase(path) }
    }

    private static func compact(_ disk: SimulatedDisk) throws {
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        _ = try maintenance.compact(maintenance.planCompaction())
    }

    @Test(arguments: [0, 6, 12, 18] as [UInt64], [false, true])
    func `a damaged header costs no event, and no file goes`(first: UInt64, compacted: Bool) throws {
        let disk = try Self.log()
        if compacted { try Self.compact(disk) }
        Self.loseManifests(disk)
        disk.damage(LogFixture.segment(first)) { $0[20] ^= 1 }
        #expect(try LogFixture.read(disk).numbers == Array(0..<21))
        let core = try LogFixture.core(disk)
        #expect(core.report.manifestRebuilt)
        try core.finish()
        let after = disk.kill()
        try Self.compact(after)
        #expect(try LogFixture.read(after).numbers == Array(0..<21))
        let repaired = after.kill()
        _ = try LogRepair.repair(at: LogFixture.path, disk: repaired, options: LogFixture.options())
        #expect(try LogFixture.read(repaired).numbers == Array(0..<21))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: repaired).faults.filter { !$0.isKnown } == [])
    }

    @Test(arguments: [0, 6, 12] as [UInt64], [false, true])
    func `a damaged footer costs no event, and repair makes it whole`(first: UInt64, compacted: Bool) throws {
        var disk = try Self.log()
        if compacted {
            try Self.compact(disk)
            disk = disk.kill()
        }
        let before = try LogReader.open(at: LogFixture.path, disk: disk).segments().map(\.contentHash)
        Self.loseManifests(disk)
        let path = LogFixture.segment(first)
        let footer = try #require(disk.contents(path)?.withUnsafeBytes { SegmentFooter(endOf: $0) })
        disk.damage(path) { $0[Int(footer.start) + 30] ^= 1 }
        #expect(try LogFixture.read(disk).numbers == Array(0..<21))
        let core = try LogFixture.core(disk)
        #expect(core.report.quarantined.isEmpty && core.report.damaged.isEmpty, "\(core.report)")
        #expect(try core.append([LogFixture.batch(21, ids: true)])[0].duplicates.count == 21)
        try core.finish()
        disk = disk.kill()
        let report = try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options())
        #expect(report.left.isEmpty && report.marked.isEmpty, "\(report)")
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        #expect(try LogFixture.read(disk).numbers == Array(0..<21))
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().map(\.contentHash) == before)
        // The segment behind it goes on from it, also when it is sealed and only then held against it.
        #expect(try LogMaintenance.sealActive(at: LogFixture.path, disk: disk, options: LogFixture.options()))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    @Test func `a segment that an earlier program sent to quarantine comes back`() throws {
        let disk = try Self.log()
        let path = LogFixture.segment(6)
        let bytes = try #require(disk.contents(path))
        // As the rebuild of before left it: the segment beside, a gap in the manifest.
        disk.erase(path)
        let manifestStore = try Self.manifestStore(disk)
        try manifestStore.change { manifest in manifest.segments.removeAll { $0.first == Offset(6) } }
        let aside = "data/quarantine/" + StorePaths.name(of: path) + ".3"
        try disk.replace(aside, with: bytes)
        disk.damage(aside) { $0[$0.count - 60] ^= 1 }
        #expect(try LogFixture.read(disk).numbers == Array(0..<6) + Array(12..<21))
        let report = try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options())
        #expect(report.restored == [path] && report.left.isEmpty && report.marked.isEmpty, "\(report)")
        #expect(try LogFixture.read(disk).numbers == Array(0..<21))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        let core = try LogFixture.core(disk)
        #expect(core.report.isClean)
        #expect(try core.append([LogFixture.batch(21, ids: true)])[0].duplicates.count == 21)
    }

    @Test func `what is missing between segments is known to be lost after a repair`() throws {
        let disk = try Self.log()
        disk.erase(LogFixture.segment(6))
        try Self.manifestStore(disk).change { manifest in manifest.segments.removeAll { $0.first == Offset(6) } }
        let report = try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options())
        #expect(report.left.isEmpty && report.marked.map(\.offsets) == [6..<12])
        #expect(try LogFixture.read(disk).damage.map(\.offsets) == [6..<12])
    }

    @Test func `a rebuilt manifest removes nothing until a person confirms it`() throws {
        let disk = try Self.log()
        let old = try #require(disk.contents(LogFixture.segment(0)))
        Self.loseManifests(disk)
        // Nothing in it proves that it is ours: it may be a segment of events before R, or one of which nothing is left.
        disk.damage(LogFixture.segment(0)) { $0 = [UInt8](repeating: 7, count: old.count) }
        try disk.replace(LogFixture.segment(6) + ".compact", with: [1])
        try LogFixture.core(disk).finish()
        for path in [LogFixture.segment(0), LogFixture.segment(6) + ".compact"] { #expect(disk.contents(path) != nil) }
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            #expect(maintenance.isRebuilt)
            for path in [LogFixture.segment(0), LogFixture.segment(6) + ".compact"] { #expect(disk.contents(path) != nil) }
            #expect(try maintenance.objection(RetentionRequest()) != nil)
            try maintenance.confirmRebuilt()
            #expect(!maintenance.isRebuilt)
            #expect(disk.contents(LogFixture.segment(6) + ".compact") == nil)
        }
        #expect(try LogFixture.read(disk, 6..<21).numbers == Array(6..<21))
    }

    @Test func `a segment of another log does not say which log this is`() throws {
        let disk = try Self.log()
        let other = SimulatedDisk()
        let core = try LogFixture.core(other, LogFixture.options { $0.newStore?.low = 1 })
        _ = try core.append([LogFixture.batch(2)])
        Self.loseManifests(disk)
        disk.erase(LogFixture.segment(0))
        try disk.replace(LogFixture.segment(0), with: try #require(other.contents(LogFixture.segment(0))))
        let opened = try LogFixture.core(disk)
        #expect(opened.appender.durable == Offset(21))
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).store == LogFixture.store)
        #expect(try LogFixture.read(disk, 6..<21).numbers == Array(6..<21))
    }

    @Test(arguments: [true, false])
    func `without any segment the bases or the kept events say where the log goes on`(hasBases: Bool) throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        #expect(try LogMaintenance.sealActive(at: LogFixture.path, disk: disk, options: LogFixture.options()))
        do {
            var request = RetentionRequest(limit: 0)
            request.now = Timestamp(nanoseconds: .max)
            request.isConfirmed = true
            _ = try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request) { _ in
                hasBases ? [BaseBlob(name: "view", bytes: [1])] : []
            }
        }
        Self.loseManifests(disk)
        #expect(!disk.paths.contains { $0.hasSuffix(".seg") })
        let core = try LogFixture.core(disk.kill())
        #expect(core.report.manifestRebuilt)
        #expect(try core.append([LogFixture.batch(5)])[0].offsets == 110..<115)
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        #expect(reader.store == LogFixture.store)
        var kept: [UInt64] = []
        try reader.scanKept(0..<110, onDamage: { Issue.record("\($0)") }) { batch in
            batch.forEachEvent { offset, _ in kept.append(offset.value) }
        }
        #expect(kept == stride(from: 0, to: 110, by: 3).map { $0 })
        if hasBases { #expect(try reader.bases().blobs == ["view": [1]]) }
    }

    @Test func `when only the watermark says that events were here no new log begins`() throws {
        let disk = try Self.log()
        Self.loseManifests(disk)
        for path in disk.paths where path.hasSuffix(".seg") { disk.erase(path) }
        for body in [{ _ in }, { (bytes: inout [UInt8]) in bytes[3] ^= 1 }] as [(inout [UInt8]) -> Void] {
            let hurt = disk.kill().snapshot()
            hurt.damage("data/log/durable", body)
            let error = #expect(throws: LogError.self) { try LogFixture.core(hurt) }
            #expect(error?.code == .damaged)
        }
    }

    private static func manifestStore(_ disk: SimulatedDisk) throws -> ManifestStore {
        let paths = StorePaths(LogFixture.path)
        guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else { throw LogError(.damaged, "no manifest") }
        return ManifestStore(manifest, disk, paths)
    }
}
