import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// A repair of each kind of damage. In every case: nothing that was there is gone from the disk, what is left reads, and verify
/// knows of no more than what the manifest names.
@Suite struct RepairTests {
    /// Three sealed segments of two frames of three events, and an active one.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
        for round in 0..<7 { _ = try core.append([LogFixture.batch(3, first: round * 3, ids: true)]) }
        try core.finish()
        return disk.kill()
    }

    /// What can be hurt, and which events that costs.
    enum Hurt: CaseIterable {
        case firstFrame, lastFrame, bothFrames, header, footer, filters, trailer, cutFooter, cutFrame, missing, empty
        case otherSegment, activeFrame, oneManifest, bothManifests, watermark

        var lost: Range<Int64> {
            switch self {
            case .firstFrame: 6..<9
            case .lastFrame, .cutFrame: 9..<12
            case .bothFrames, .missing, .empty, .otherSegment: 6..<12
            case .activeFrame: 18..<21
            default: 0..<0
            }
        }

        func apply(_ disk: SimulatedDisk) throws {
            let path = LogFixture.segment(6)
            let bytes = disk.contents(path) ?? []
            let footer = try #require(bytes.withUnsafeBytes { SegmentFooter(endOf: $0) })
            let (first, last) = (Int(footer.frames[0].position), Int(footer.frames[1].position))
            switch self {
            case .firstFrame: disk.damage(path) { $0[first + 200] ^= 4 }
            case .lastFrame: disk.damage(path) { $0[last + 40] ^= 4 }
            case .bothFrames: disk.damage(path) { ($0[first + 9], $0[last + 130]) = ($0[first + 9] ^ 1, $0[last + 130] ^ 1) }
            case .header: disk.damage(path) { $0[17] ^= 1 }
            case .footer: disk.damage(path) { $0[Int(footer.start) + 30] ^= 1 }
            case .filters: disk.damage(path) { $0[Int(footer.framesEnd) + 9] ^= 1 }
            case .trailer: disk.damage(path) { $0[$0.count - 1] ^= 1 }
            case .cutFooter: disk.damage(path) { $0.removeLast(50) }
            case .cutFrame: disk.damage(path) { $0.removeLast($0.count - last - 100) }
            case .missing: disk.erase(path)
            case .empty: disk.damage(path) { $0 = [] }
            case .otherSegment: disk.damage(path) { $0 = disk.contents(LogFixture.segment(0)) ?? [] }
            case .activeFrame: disk.damage(LogFixture.segment(18)) { $0[150] ^= 1 }
            case .oneManifest: disk.damage("data/log/manifest.a") { $0[100] ^= 1 }
            case .bothManifests: for name in ["a", "b"] { disk.damage("data/log/manifest." + name) { $0[100] ^= 1 } }
            case .watermark: disk.damage("data/log/durable") { $0[9] ^= 1 }
            }
        }
    }

    @Test(arguments: Hurt.allCases)
    func `damage of every kind becomes known damage, or is mended`(hurt: Hurt) throws {
        let disk = try Self.log()
        if hurt == .otherSegment {
            // Taken while the other file is not being changed.
            let other = disk.contents(LogFixture.segment(0)) ?? []
            disk.damage(LogFixture.segment(6)) { $0 = other }
        } else {
            try hurt.apply(disk)
        }
        let before = disk.paths.compactMap { disk.contents($0) }.filter { !$0.isEmpty }
        let dry = try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options(), dryRun: true)
        #expect(!dry.found.isEmpty && dry.repaired.isEmpty && dry.quarantined.isEmpty)
        #expect(disk.paths.compactMap { disk.contents($0) }.filter { !$0.isEmpty } == before)

        let report = try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options())
        #expect(report.found == dry.found)
        #expect(report.left.isEmpty, "\(report.left)")
        let verified = try LogVerifier.verify(at: LogFixture.path, disk: disk).faults
        #expect(verified.count { !$0.isKnown } == 0, "\(verified)")
        #expect(verified.isEmpty == hurt.lost.isEmpty)
        // Every file that was hurt is somewhere, byte for byte.
        for path in Set(dry.found.map(\.file)) where hurt != .missing && hurt != .empty {
            let name = path.split(separator: "/").last.map(String.init) ?? ""
            #expect(disk.paths.contains { $0.hasPrefix("data/quarantine/" + name) }, "\(path)")
        }
        let found = try LogFixture.read(disk)
        #expect(found.numbers == (0..<21).filter { !hurt.lost.contains($0) })
        let damaged = Set(found.damage.flatMap { Array($0.offsets) })
        #expect(damaged == Set(hurt.lost.map { UInt64($0) }))
        // Another repair finds nothing to do, and the log goes on.
        #expect(try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options()).found.isEmpty)
        let receipt = try LogFixture.core(disk).append([LogFixture.batch(21, ids: true)])[0]
        #expect(receipt.appended == hurt.lost.count)
    }

    @Test func `a repair does not run beside a writer or other maintenance`() throws {
        let disk = try Self.log()
        try Hurt.lastFrame.apply(disk)
        var core: LogCore? = try LogFixture.core(disk)
        #expect(throws: LogError.self) { try LogRepair.repair(at: LogFixture.path, disk: disk) }
        try core?.finish()
        core = nil
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        #expect(throws: LogError.self) { try LogRepair.repair(at: LogFixture.path, disk: disk) }
        withExtendedLifetime(maintenance) {}
    }

    @Test func `view states that are damaged are copied aside, and said to need a backup`() throws {
        let disk = try Self.log()
        do {
            var request = RetentionRequest(limit: 0)
            request.now = Timestamp(nanoseconds: .max)
            request.isConfirmed = true
            request.hold = ProjectorHold(offset: 6, grace: .max)
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            _ = try maintenance.retain(request) { _ in [BaseBlob(name: "view", bytes: [1, 2, 3])] }
        }
        disk.damage("data/log/base/00000000000000000006.base") { $0[70] ^= 1 }
        let report = try LogRepair.repair(at: LogFixture.path, disk: disk, options: LogFixture.options())
        #expect(report.left.count == 1 && report.quarantined.count == 1)
        #expect(try LogFixture.read(disk, 6..<21).numbers == Array(6..<21))
    }
}
