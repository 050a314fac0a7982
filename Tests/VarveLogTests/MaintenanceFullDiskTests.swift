import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Maintenance and backups on a disk that is full, at every one of their writes and from the start.
@Suite struct MaintenanceFullDiskTests {
    private static let noSpace: Int32 = 28

    /// So many segments of ten events, one a day, and an active one.
    private static func log(days: Int) throws -> SimulatedDisk {
        let disk = try LogFixture.days(days)
        try LogKeep.add(RetentionRule(signals: "retry.success"), at: LogFixture.path, disk: disk)
        Reserve(disk, StorePaths(LogFixture.path)).make(bytes: 64 << 10)
        return disk.kill()
    }

    private static func retain(_ disk: SimulatedDisk, after days: Int64 = 3) throws {
        var request = RetentionRequest(limit: LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start + days * LogFixture.day)
        request.isConfirmed = true
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        _ = try maintenance.retain(request) { _ in [BaseBlob(name: "view", bytes: [1, 2, 3])] }
    }

    private static func compact(_ disk: SimulatedDisk) throws {
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        _ = try maintenance.compact(maintenance.planCompaction())
    }

    private static func backup(_ disk: SimulatedDisk) throws {
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
    }

    private static func used(_ disk: SimulatedDisk) -> Int {
        disk.paths.reduce(0) { $0 + (disk.contents($1)?.count ?? 0) }
    }

    @Test func `a retention makes room on a disk with not one free byte`() throws {
        let disk = try Self.log(days: 10)
        let before = Self.used(disk)
        disk.limit(bytes: before)
        // Without the reserve there is no way out.
        let bare = disk.kill().snapshot()
        bare.erase("data/log/reserve")
        bare.limit(bytes: Self.used(bare))
        #expect(throws: LogError.self) { try Self.retain(bare, after: 6) }
        #expect(try LogFixture.read(bare).numbers == Array(0..<110))
        try Self.retain(disk, after: 6)
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).retained() == Offset(50))
        #expect(Self.used(disk) < before)
        #expect(try LogFixture.read(disk, 50..<110).numbers == Array(50..<110))
        #expect(try LogVerifier.verify(at: LogFixture.path, disk: disk).faults == [])
    }

    @Test func `the reserve is made again when there is room`() throws {
        let disk = try Self.log(days: 10)
        disk.limit(bytes: Self.used(disk))
        try Self.retain(disk, after: 6)
        #expect(disk.contents("data/log/reserve") == nil)
        disk.limit(bytes: nil)
        Reserve(disk, StorePaths(LogFixture.path)).make(bytes: 1_000)
        #expect(disk.contents("data/log/reserve")?.count == 1_000)
    }

    enum Work: CaseIterable {
        case retain, compact, backup

        func run(_ disk: SimulatedDisk) throws {
            switch self {
            case .retain: try MaintenanceFullDiskTests.retain(disk)
            case .compact: try MaintenanceFullDiskTests.compact(disk)
            case .backup: try MaintenanceFullDiskTests.backup(disk)
            }
        }
    }

    @Test(arguments: Work.allCases)
    func `a disk that is full at any operation costs no event, and the work is done when there is room`(work: Work) throws {
        let base = try Self.log(days: 4)
        if work == .backup { try Self.backup(base) }
        let calm = base.kill().snapshot()
        let before = calm.operationCount
        try work.run(calm)
        let operations = calm.operationCount - before
        #expect(operations > 10)
        var failed = 0
        for operation in 0..<operations {
            for lasts in [false, true] {
                let disk = base.kill().snapshot()
                let first = disk.operationCount + operation
                let end = lasts ? first + 1_000 : first + 1
                disk.plan(Dictionary(uniqueKeysWithValues: (first..<end).map { ($0, .fail(Self.noSpace)) }))
                if (try? work.run(disk)) == nil { failed += 1 }
                disk.plan([:])
                for after in [disk.kill(), disk.crash(seed: UInt64(operation))] {
                    let retained = try LogReader.open(at: LogFixture.path, disk: after).retained().value
                    let found = try LogFixture.read(after, retained..<UInt64.max)
                    #expect(found.numbers == Array(Int64(retained)..<50), "operation \(operation)")
                    #expect(found.damage.isEmpty)
                    try work.run(after)
                    let faults = try LogVerifier.verify(at: LogFixture.path, disk: after).faults
                    #expect(faults == [], "operation \(operation)")
                    guard work == .backup else { continue }
                    #expect(try LogVerifier.verify(at: "copy", disk: after).faults == [], "operation \(operation)")
                }
            }
        }
        #expect(failed > 0)
    }
}
