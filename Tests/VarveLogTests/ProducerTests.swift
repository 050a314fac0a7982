import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Appends that carry the number their producer gave them.
@Suite struct ProducerTests {
    private static func stamp(_ sequence: UInt64, epoch: UInt32 = 1, producer: UInt64 = 7) -> ProducerStamp {
        ProducerStamp(producer: producer, epoch: epoch, sequence: sequence)
    }

    /// Appends three events of producer 7, three of nobody, and so on; small segments. The receipts of producer 7.
    private static func log(_ disk: SimulatedDisk, appends: Int) throws -> [Receipt] {
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 12 })
        defer { try? core.finish() }
        return try (0..<appends).map { number in
            let pair = [
                StampedBatch(batch: LogFixture.batch(3, first: number * 6), stamp: stamp(UInt64(number + 1))),
                StampedBatch(batch: LogFixture.batch(3, first: number * 6 + 3)),
            ]
            return try core.append(pair)[0]
        }
    }

    @Test func `a retry under the same number appends nothing and is answered as the first time`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        let first = try core.append([StampedBatch(batch: LogFixture.batch(3), stamp: Self.stamp(5))])[0]
        #expect(first.offsets == 0..<3 && first.appended == 3 && !first.isRetry)
        // Also when both wait for the same commit.
        let twice = [LogFixture.batch(2, first: 3), LogFixture.batch(2, first: 3), LogFixture.batch(3)]
        let stamps = [Self.stamp(9), Self.stamp(9), Self.stamp(5)]
        let receipts = try core.append(zip(twice, stamps).map { StampedBatch(batch: $0, stamp: $1) })
        #expect(receipts.map(\.offsets) == [3..<5, 3..<5, 0..<3])
        #expect(receipts.map(\.appended) == [2, 0, 0])
        #expect(receipts.map(\.isRetry) == [false, true, true])
        #expect(try LogFixture.read(disk).numbers == Array(0..<5))
    }

    enum Between: CaseIterable {
        case kill, deletedIDs, compaction, compactionAndDeletedIDs, powerCut
    }

    @Test(arguments: Between.allCases)
    func `what is known of producers is found again at open`(between: Between) throws {
        let disk = SimulatedDisk()
        let receipts = try Self.log(disk, appends: 9)
        var after = between == .powerCut ? disk.crash(seed: 3) : disk.kill()
        if between == .compaction || between == .compactionAndDeletedIDs {
            do {
                let maintenance = try LogMaintenance.open(at: LogFixture.path, disk: after)
                #expect(try !maintenance.compact(maintenance.planCompaction()).rewritten.isEmpty)
            }
            after = after.kill()
        }
        if between == .deletedIDs || between == .compactionAndDeletedIDs {
            for path in after.paths where path.hasPrefix("data/ids/") { after.erase(path) }
        }
        let core = try LogFixture.core(after)
        for (index, receipt) in receipts.enumerated() {
            let again = try core.append([StampedBatch(batch: LogFixture.batch(3), stamp: Self.stamp(UInt64(index + 1)))])[0]
            #expect(again.isRetry && again.offsets == receipt.offsets, "append \(index)")
        }
        let next = try core.append([StampedBatch(batch: LogFixture.batch(3), stamp: Self.stamp(10))])[0]
        #expect(next.appended == 3 && !next.isRetry)
    }

    @Test func `a producer that was replaced is refused, and others in the same commit are not`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        _ = try core.append([StampedBatch(batch: LogFixture.batch(1), stamp: Self.stamp(5, epoch: 2))])
        let old = StampedBatch(batch: LogFixture.batch(1, first: 1), stamp: Self.stamp(6, epoch: 1))
        let error = #expect(throws: LogError.self) { try core.append([old]) }
        #expect(error?.code == .producerFenced)
        let group = core.plan([old, StampedBatch(batch: LogFixture.batch(1, first: 1))][...], durable: Offset(1))
        let outcome = try #require(try? core.commit([group])[0].get())
        #expect((try? outcome[0].get()) == nil)
        #expect((try? outcome[1].get())?.appended == 1)
        // Epoch 2 goes on, and a third begins with any number.
        for stamp in [Self.stamp(6, epoch: 2), Self.stamp(1, epoch: 3)] {
            #expect(try core.append([StampedBatch(batch: LogFixture.batch(1), stamp: stamp)])[0].appended == 1)
        }
    }

    @Test func `a number below all that are remembered is refused, not appended`() throws {
        let core = try LogFixture.core(SimulatedDisk())
        for number in 1...UInt64(ProducerTable.remembered + 5) {
            _ = try core.append([StampedBatch(batch: LogFixture.batch(1), stamp: Self.stamp(number * 2))])
        }
        for number in [2, 3, 51] as [UInt64] {
            let error = #expect(throws: LogError.self) {
                try core.append([StampedBatch(batch: LogFixture.batch(1), stamp: Self.stamp(number))])
            }
            #expect(error?.code == .producerSequence)
        }
        let others = Self.stamp(1, producer: 8)
        #expect(try core.append([StampedBatch(batch: LogFixture.batch(1), stamp: others)])[0].appended == 1)
    }

    @Test func `an append that failed is appended when it is repeated`() throws {
        for operation in 0..<12 {
            let disk = SimulatedDisk()
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 3 })
            _ = try core.append([StampedBatch(batch: LogFixture.batch(3), stamp: Self.stamp(1))])
            let append = StampedBatch(batch: LogFixture.batch(3, first: 3), stamp: Self.stamp(2))
            disk.plan([disk.operationCount + operation: .fail(28)])
            let first = try? core.append([append])[0]
            disk.plan([:])
            let second = try core.append([append])[0]
            #expect(second.offsets == 3..<6 && second.isRetry == (first != nil), "operation \(operation)")
            #expect(try LogFixture.read(disk).numbers == Array(0..<6), "operation \(operation)")
        }
    }

    @Test func `a sealed segment that the disk does not read is named, and the others say who appended`() throws {
        let before = SimulatedDisk()
        let receipts = try Self.log(before, appends: 9)
        let disk = before.kill()
        for path in disk.paths where path.hasPrefix("data/ids/") { disk.erase(path) }
        for unreadable in [true, false] {
            disk.makeUnreadable(unreadable ? [LogFixture.segment(12)] : [])
            let core = try LogFixture.core(disk.kill(), LogFixture.options { $0.segmentRows = 12 })
            #expect(core.report.damaged.map(\.offsets) == (unreadable ? [12..<24] : []))
            for number in [0, 1, 4, 8] + (unreadable ? [] : [2, 3]) {
                let append = StampedBatch(batch: LogFixture.batch(3, first: number * 6), stamp: Self.stamp(UInt64(number + 1)))
                let receipt = try core.append([append])[0]
                #expect(receipt.isRetry && receipt.offsets == receipts[number].offsets)
            }
        }
    }
}
