import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Files whose name is one of ours and whose content is not, and files that nobody knows.
@Suite struct StrayFileTests {
    /// Two sealed segments of six events, and an active one with three.
    private static func log(_ change: (inout LogOptions) -> Void = { _ in }) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(
            disk,
            LogFixture.options {
                $0.segmentRows = 6
                change(&$0)
            })
        for round in 0..<5 { _ = try core.append([LogFixture.batch(3, first: round * 3, ids: true)]) }
        try core.finish()
        return disk.kill()
    }

    /// A file that is called as a segment and is none of this log.
    enum Stray: String, CaseIterable {
        case otherLog, otherSegment, empty, garbage, zeros, directory

        func put(_ disk: SimulatedDisk, at first: UInt64) throws {
            let path = LogFixture.segment(first)
            let other = try StrayFileTests.log { $0.newStore?.low = 1 }
            switch self {
            case .otherLog: try disk.replace(path, with: other.contents(LogFixture.segment(6)) ?? [])
            case .otherSegment: try disk.replace(path, with: disk.contents(LogFixture.segment(6)) ?? [])
            case .empty: try disk.replace(path, with: [])
            case .garbage: try disk.replace(path, with: (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
            case .zeros: try disk.replace(path, with: [UInt8](repeating: 0, count: 4_096))
            case .directory: try disk.makeDirectory(path)
            }
        }
    }

    @Test(arguments: Stray.allCases, [14, 15, 16, 1_000, 262_144, UInt64(Int64.max), UInt64.max - 1, UInt64.max])
    func `a file is believed for what is in it, not for what it is called`(stray: Stray, first: UInt64) throws {
        let disk = try Self.log()
        try stray.put(disk, at: first)
        let found = try LogFixture.read(disk)
        #expect(found.numbers == Array(0..<15) && found.damage.isEmpty, "\(found)")
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        for round in 0..<2 {
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
            #expect(core.report.damaged.isEmpty, "\(core.report.damaged)")
            let next = UInt64(15 + round * 10)
            #expect(try core.append([LogFixture.batch(10, first: Int(next), ids: true)])[0].offsets == next..<(next + 10))
            try core.finish()
        }
        #expect(try LogFixture.read(disk).numbers == Array(0..<35))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    @Test func `files that nobody knows are left alone by everything`() throws {
        let disk = try LogFixture.tenDays()
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        func retain(_ days: Int64) throws {
            var request = RetentionRequest(limit: LogFixture.day)
            request.now = Timestamp(nanoseconds: LogFixture.start + days * LogFixture.day)
            request.isConfirmed = true
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            _ = try maintenance.retain(request) { _ in [BaseBlob(name: "view", bytes: [1])] }
            _ = try maintenance.compact(maintenance.planCompaction())
        }
        try retain(4)
        let names = [
            "log/notes.txt", "log/notes.tmp", "log/1.seg", "log/base/notes.txt", "log/kept/notes", "log/kept/a.b.kept",
            "log/x.compact", "torn/x", "quarantine/y",
        ]
        for name in names { try disk.replace("data/" + name, with: [42]) }
        try disk.makeDirectory("data/log/old.tmp")
        try disk.makeDirectory("data/log/base/old")
        try retain(7)
        try LogFixture.core(disk).finish()
        try retain(9)
        for name in names { #expect(disk.contents("data/" + name) == [42], "\(name)") }
        for path in ["data/log/old.tmp", "data/log/base/old"] { #expect(disk.paths.contains(path)) }
    }

    @Test func `a segment of another log below R is not removed`() throws {
        let disk = try LogFixture.tenDays()
        let other = try Self.log { $0.newStore?.low = 1 }
        func retain(_ days: Int64) throws {
            var request = RetentionRequest(limit: LogFixture.day)
            request.now = Timestamp(nanoseconds: LogFixture.start + days * LogFixture.day)
            request.isConfirmed = true
            _ = try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request)
        }
        try retain(5)
        let foreign = try #require(other.contents(LogFixture.segment(6)))
        try disk.replace(LogFixture.segment(6), with: foreign)
        try retain(7)
        #expect(disk.contents(LogFixture.segment(6)) == foreign)
        let report = try LogFixture.core(disk).report
        #expect(report.quarantined.count == 1 && disk.contents(report.quarantined[0]) == foreign)
    }
}
