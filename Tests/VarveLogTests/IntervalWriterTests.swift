import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Appends of level `interval` with the writer's threads.
@Suite struct IntervalWriterTests {
    @Test func `the writer's thread syncs when it is due, though nobody appends any more`() async throws {
        let disk = SimulatedDisk()
        let clock = Monitor<Int64>(0)
        let options = LogFixture.options {
            $0.elapsed = { clock.withLock { $0 } }
            $0.syncInterval = SyncInterval(milliseconds: 50) ?? .usual
        }
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: options)
        let receipt = try await log.append(LogFixture.batch(5), durability: .interval)
        #expect(receipt.durability == .interval && receipt.durable == Offset(0) && receipt.durableWithin?.milliseconds == 50)
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        #expect(try reader.durable() == Offset(0))
        clock.withLock { $0 += 50_000_000 }
        var seen = 0
        for try await batch in reader.follow(from: Offset(0)) {
            seen += batch.rowCount
            if seen == 5 { break }
        }
        #expect(seen == 5)
        try await log.close()
    }

    @Test func `closing makes everything durable`() async throws {
        let disk = SimulatedDisk()
        let options = LogFixture.options {
            $0.segmentRows = 50
            $0.elapsed = { 0 }
        }
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: options)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<20 {
                        let level: Durability = round % 7 == 3 ? .sync : .interval
                        let receipt = try await log.append(LogFixture.batch(1, first: task * 20 + round), durability: level)
                        guard level == .sync else { continue }
                        #expect(receipt.durability == .sync)
                        #expect(receipt.durable.value >= receipt.offsets?.upperBound ?? .max)
                    }
                }
            }
            try await group.waitForAll()
        }
        try await log.close()
        let after = disk.crash(seed: 5)
        #expect(try LogFixture.read(after).numbers.sorted() == Array(0..<160))
        let again = try await LogWriter.open(at: LogFixture.path, disk: after, options: LogFixture.options())
        #expect(again.recovery.isClean)
        try await again.close()
    }

    @Test func `a loss found when closing is told there, and one found before fails the next append`() async throws {
        for appendsAgain in [false, true] {
            let disk = SimulatedDisk()
            let options = LogFixture.options { $0.elapsed = { 0 } }
            let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: options)
            _ = try await log.append(LogFixture.batch(5), durability: .interval)
            disk.failEverything(with: 5)
            if appendsAgain {
                let error = await #expect(throws: LogError.self) { try await log.append(LogFixture.batch(1, first: 5)) }
                #expect(error?.code == .acknowledgedLost)
            }
            let error = await #expect(throws: LogError.self) { try await log.close() }
            #expect(error?.code == .acknowledgedLost)
        }
    }
}
