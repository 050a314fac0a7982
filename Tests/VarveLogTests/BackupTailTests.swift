import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// What a copy keeps of frames that are written again: whose appends they were, and which offsets are lost.
@Suite struct BackupTailTests {
    private static func stamp(_ sequence: UInt64) -> ProducerStamp { ProducerStamp(producer: 7, epoch: 1, sequence: sequence) }

    /// Ten appends of five events without ids, each with its number.
    private static func append(_ core: LogCore) throws -> [Receipt] {
        try (0..<10).map { number in
            try core.append([
                StampedBatch(batch: LogFixture.batch(5, first: number * 5), stamp: stamp(UInt64(number + 1)))
            ])[0]
        }
    }

    private static func core(_ disk: SimulatedDisk, at path: String) throws -> LogCore {
        try LogCore(at: path, disk, LogFixture.options { $0.segmentRows = 20 }) { sealer in { try sealer.seal($0) } }
    }

    @Test(arguments: [nil, 50, 40, 35, 20, 5] as [UInt64?])
    func `what was appended before a restore is not appended again after it`(end: UInt64?) throws {
        let disk = SimulatedDisk()
        let log = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 20 })
        _ = try Self.append(log)
        try log.finish()
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try LogBackup.restore("copy", to: "again", upTo: end.map { Offset($0) }, disk: disk)
        let core = try Self.core(disk, at: "again")
        let receipts = try Self.append(core)
        let there = Int(end ?? 50) / 5
        #expect(receipts.map(\.isRetry) == (0..<10).map { $0 < there })
        for (number, receipt) in receipts.enumerated() {
            let first = UInt64(number * 5)
            #expect(receipt.offsets == first..<(first + 5))
        }
        try core.finish()
        #expect(try LogVerifier.verify(at: "again", disk: disk).faults == [])
    }

    @Test(arguments: [33, 31, 34, 1] as [UInt64], [false, true])
    func `a numbered append that a restore would cut is left out, and none comes twice`(end: UInt64, compacted: Bool) throws {
        let disk = SimulatedDisk()
        let log = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 20 })
        _ = try Self.append(log)
        try log.finish()
        if compacted {
            let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: disk)
            #expect(try !maintenance.compact(maintenance.planCompaction()).rewritten.isEmpty)
        }
        let report = try LogBackup.restore(LogFixture.path, to: "again", upTo: Offset(end), disk: disk)
        let whole = Int(end) / 5
        #expect(report.end == Offset(UInt64(whole * 5)))
        let core = try Self.core(disk, at: "again")
        let receipts = try Self.append(core)
        #expect(receipts.map(\.isRetry) == (0..<10).map { $0 < whole })
        #expect(receipts[whole].appended == 5)
        try core.finish()
        var numbers: [Int64] = []
        _ = try LogReader.open(at: "again", disk: disk).scan(0..<UInt64.max) { batch in
            batch.forEachEvent { _, event in
                if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
            }
        }
        #expect(numbers == Array(0..<50))
    }

    @Test func `an append without a number is restored up to the offset that was asked for`() throws {
        let disk = SimulatedDisk()
        let log = try LogFixture.core(disk)
        _ = try log.append([LogFixture.batch(5)])
        try log.finish()
        #expect(try LogBackup.restore(LogFixture.path, to: "again", upTo: Offset(3), disk: disk).end == Offset(3))
        #expect(try LogReader.open(at: "again", disk: disk).durable() == Offset(3))
    }

    /// Offsets 10 to 19 were acknowledged and are gone; the log went on behind them.
    private static func logWithLoss() throws -> SimulatedDisk {
        var disk = SimulatedDisk()
        let log = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        for first in stride(from: 0, to: 20, by: 5) { _ = try log.append([LogFixture.batch(5, first: first)]) }
        try log.finish()
        disk = disk.kill()
        disk.erase(LogFixture.segment(10))
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 10 })
        #expect(core.report.damaged.map(\.offsets) == [10..<20])
        _ = try core.append([LogFixture.batch(5, first: 20)])
        try core.finish()
        return disk.kill()
    }

    @Test func `offsets that are known to be lost do not stop a backup`() throws {
        let disk = try Self.logWithLoss()
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        for path in ["copy", "again"] {
            if path == "again" { _ = try LogBackup.restore("copy", to: path, disk: disk) }
            let reader = try LogReader.open(at: path, disk: disk)
            var (numbers, damaged): ([Int64], [Range<UInt64>]) = ([], [])
            try reader.scan(0..<UInt64.max, onDamage: { damaged.append($0.offsets) }) { batch in
                batch.forEachEvent { _, event in
                    if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
                }
            }
            #expect(numbers == Array(0..<10) + Array(20..<25))
            #expect(damaged == [10..<20])
            #expect(try LogVerifier.verify(at: path, disk: disk).faults.filter { !$0.isKnown } == [])
        }
        let core = try Self.core(disk, at: "again")
        #expect(core.report.damaged.map(\.offsets) == [10..<20])
        #expect(try core.append([LogFixture.batch(1)])[0].offsets == 25..<26)
    }

    @Test func `a restore that ends inside lost offsets goes on behind them`() throws {
        let disk = try Self.logWithLoss()
        _ = try LogBackup.restore(LogFixture.path, to: "again", upTo: Offset(15), disk: disk)
        let core = try Self.core(disk, at: "again")
        #expect(core.report.damaged.map(\.offsets) == [10..<15])
        #expect(try core.append([LogFixture.batch(1)])[0].offsets == 15..<16)
    }

    @Test func `a backup has how long events stay, and the clocks of the last retention`() throws {
        let disk = try LogFixture.tenDays()
        var request = RetentionRequest(limit: 90 * LogFixture.day)
        request.isConfirmed = true
        do { _ = try LogMaintenance.open(at: LogFixture.path, disk: disk).retain(request) }
        _ = try LogBackup.backup(LogFixture.path, to: "copy", disk: disk)
        _ = try LogBackup.restore("copy", to: "again", disk: disk)
        let maintenance = try LogMaintenance.open(at: "again", disk: disk)
        request = RetentionRequest(limit: 30 * LogFixture.day)
        request.now = Timestamp(nanoseconds: LogFixture.start)
        #expect(try maintenance.objection(request) != nil)
    }
}
