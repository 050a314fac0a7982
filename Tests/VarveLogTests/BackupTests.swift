import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct BackupTests {
    private static func numbers(_ disk: SimulatedDisk, _ path: String) throws -> [Int64] {
        var numbers: [Int64] = []
        try LogReader.open(at: path, disk: disk).scan(0..<UInt64.max, onDamage: { Issue.record("\($0)") }) { batch in
            batch.forEachEvent { _, event in
                if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
            }
        }
        return numbers
    }

    @Test func `a backup taken while the writer runs is a sound log, and the next one copies what is new`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        for first in stride(from: 0, to: 35, by: 5) { _ = try core.append([LogFixture.batch(5, first: first, ids: true)]) }
        let report = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        #expect(report.copied == 3)
        #expect(report.end == Offset(35))
        #expect(try Self.numbers(disk, "copy") == Array(0..<35))
        #expect(try LogVerifier.verify(at: "copy", disk: disk).faults == [])
        for first in stride(from: 35, to: 60, by: 5) { _ = try core.append([LogFixture.batch(5, first: first, ids: true)]) }
        let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
        _ = try maintenance.compact(maintenance.planCompaction())
        let again = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        #expect(again.kept == 3)
        #expect(again.copied == 2)
        #expect(try Self.numbers(disk, "copy") == Array(0..<60))
        #expect(try LogVerifier.verify(at: "copy", disk: disk).faults == [])
    }

    @Test(arguments: [0, 1, 10, 17, 20, 33, 35] as [UInt64])
    func `a backup is restored up to any offset, and the log goes on there`(end: UInt64) throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        for first in stride(from: 0, to: 35, by: 5) { _ = try core.append([LogFixture.batch(5, first: first, ids: true)]) }
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try LogBackup.restore("copy", to: "again", upTo: Offset(end), disk: disk)
        #expect(try Self.numbers(disk, "again") == Array(0..<Int64(end)))
        #expect(try LogVerifier.verify(at: "again", disk: disk).faults == [])
        let restored = try LogCore(at: "again", disk, LogFixture.options()) { sealer in { try sealer.seal($0) } }
        #expect(restored.report.damaged.isEmpty)
        let receipt = try restored.append([LogFixture.batch(40, ids: true)])[0]
        #expect(receipt.offsets == end..<40)
        #expect(receipt.duplicates.count == Int(end))
        #expect(throws: LogError.self) { try LogBackup.restore("copy", to: "again", disk: disk) }
        #expect(throws: LogError.self) { try LogBackup.restore("copy", to: "other", upTo: Offset(36), disk: disk) }
    }

    @Test func `a damaged segment is not backed up over a good copy`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        for first in stride(from: 0, to: 35, by: 5) { _ = try core.append([LogFixture.batch(5, first: first)]) }
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        disk.damage(LogFixture.segment(10)) { $0[200] ^= 1 }
        #expect(try LogBackup.backup(LogFixture.path, to: "copy", disk: disk).kept == 3)
        #expect(try LogVerifier.verify(at: "copy", disk: disk).faults == [])
        #expect(throws: LogError.self) { try LogBackup.backup(LogFixture.path, to: "new", disk: disk) }
    }
}
