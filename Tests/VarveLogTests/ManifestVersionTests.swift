import Foundation
import Testing
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

/// Version 4 of the manifest, byte by byte, and how a log of an earlier one goes on.
@Suite struct ManifestVersionTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")
    private static let golden = fixtures.appending(path: "manifest-4/manifest")
    private static let isWriting = ProcessInfo.processInfo.environment["VARVE_WRITE_GOLDEN"] != nil

    /// One of everything that a manifest has.
    private static func whole() -> Manifest {
        var manifest = Manifest(store: LogFixture.store)
        (manifest.generation, manifest.epoch, manifest.observed) = (41, 3, 1_700_000_000_000_000_009)
        (manifest.retained, manifest.retainedChain, manifest.isRebuilt) = (Offset(60), 0x0102_0304_0506_0708, true)
        func record(_ first: UInt64, _ end: UInt64, flags: UInt64) -> SegmentRecord {
            SegmentRecord(
                first: Offset(first), end: Offset(end), bytes: 1_234, rows: end - first, minTime: -5, maxTime: 7,
                minObserved: 11, maxObserved: 13, chainIn: 17, chainOut: 19, ids: 2, flags: flags, revision: 1,
                fileHash: [UInt8](0..<32).withUnsafeBytes { SHA256Digest(of: $0) },
                contentHash: [UInt8](32..<64).withUnsafeBytes { SHA256Digest(of: $0) })
        }
        manifest.segments = [record(60, 120, flags: 0), record(120, 180, flags: 3)]
        manifest.kept = [record(0, 50, flags: 0)]
        manifest.damaged = [DamageRecord(segment: Offset(120), bytes: 64..<800, offsets: 120..<150, flags: 1)]
        manifest.base = [UInt8](7..<9).withUnsafeBytes { SHA256Digest(of: $0) }
        manifest.pins = [RetentionPin(offsets: 100..<130, name: "incident")]
        manifest.rules = [RetentionRule(signals: "config.*"), RetentionRule(signals: "billing.*", limit: 31)]
        manifest.retention = RetentionMemory(
            clock: ClockReading(wall: 1_700_000_000_000_000_001, sinceStart: 77, start: 0xABCD), limit: 90 * LogFixture.day)
        manifest.projectors = ["main", "team-é"]
        return manifest
    }

    @Test(.enabled(if: !isWriting))
    func `the golden manifest of version 4 reads and is written as it was`() throws {
        let bytes = Array(try Data(contentsOf: Self.golden))
        #expect(try Manifest(parsing: bytes) == Self.whole())
        #expect(Self.whole().encoded() == bytes)
    }

    @Test(.enabled(if: isWriting))
    func `the golden manifest is written where there is none`() throws {
        try #require(!FileManager.default.fileExists(atPath: Self.golden.path), "golden files never change")
        try FileManager.default.createDirectory(at: Self.golden.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(Self.whole().encoded()).write(to: Self.golden)
    }

    /// The golden log of format 1, whose manifest is one of version 3 and whose limit stands in `log/retention`.
    private static func versionThree() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let folder = fixtures.appending(path: "format-1")
        for name in ["data", "data/log", "data/log/base"] { try disk.makeDirectory(name) }
        for file in try #require(FileManager.default.enumerator(atPath: folder.appending(path: "log").path)) {
            guard let name = file as? String, !name.hasSuffix(".txt"), name != "base" else { continue }
            try disk.replace("data/log/" + name, with: Array(try Data(contentsOf: folder.appending(path: "log/" + name))))
        }
        return disk
    }

    @Test func `a log with a manifest of version 3 opens and goes on, and keeps how long events stay`() throws {
        let disk = try Self.versionThree()
        let before = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        guard case .valid(let old) = try ManifestFiles.load(disk, StorePaths(LogFixture.path)) else {
            Issue.record("no manifest")
            return
        }
        #expect(old.retention == nil && old.projectors.isEmpty)
        // A limit of 90 days, as a version 3 log has it.
        disk.damage("data/log/retention") { $0 = Self.retentionFile(limit: 90 * LogFixture.day) }
        let core = try LogFixture.core(disk)
        #expect(try core.append([LogFixture.batch(5)])[0].appended == 5)
        try core.finish()
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().prefix(2) == before.prefix(2))
        var request = RetentionRequest(limit: 30 * LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start)
        do {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            #expect(try maintenance.objection(request)?.contains("90 days") == true)
            request.limit = 120 * LogFixture.day
            _ = try maintenance.retain(request)
        }
        disk.erase("data/log/retention")
        request.limit = 110 * LogFixture.day
        let again = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        #expect(try again.objection(request)?.contains("120 days") == true)
    }

    @Test func `a retention refuses when how long events stayed cannot be read`() throws {
        let disk = try Self.versionThree()
        disk.damage("data/log/retention") { $0[20] ^= 1 }
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        #expect(throws: LogError.self) { try maintenance.retain(RetentionRequest(limit: 400 * LogFixture.day)) }
    }

    private static func retentionFile(limit: Int64) -> [UInt8] {
        var out = BytesOut()
        out.put(magicNumber("VARVERTN"))
        for value in [1, 0] as [UInt32] { out.put(value) }
        for value in [limit, 0, 0] { out.put(value) }
        for value in [0, 0] as [UInt64] { out.put(value) }
        out.seal()
        return out.bytes
    }

    @Test(arguments: 0..<4)
    func `numbers that cannot go on make a manifest one that is not read`(number: Int) {
        var manifest = Self.whole()
        switch number {
        case 0: manifest.generation = .max
        case 1: manifest.epoch = .max
        case 2: manifest.segments[1].end = Offset(.max)
        default: manifest.retained = Offset(61)
        }
        #expect(throws: (any Error).self) { try Manifest(parsing: manifest.encoded()) }
    }
}
