import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// The writer with its threads.
@Suite struct WriterTests {
    @Test func `many tasks append at once, each event once, every receipt right`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options { $0.segmentRows = 500 })
        let offsets: [UInt64: Int64] = try await withThrowingTaskGroup(of: [(Int64, UInt64)].self) { group in
            for task in 0..<16 {
                group.addTask {
                    var found: [(Int64, UInt64)] = []
                    for round in 0..<20 {
                        let first = (task * 20 + round) * 3
                        let receipt = try await log.append(LogFixture.batch(3, first: first))
                        #expect(receipt.appended == 3)
                        #expect(receipt.durable.value >= receipt.offsets?.upperBound ?? .max)
                        for (row, offset) in (receipt.offsets ?? 0..<0).enumerated() {
                            found.append((Int64(first + row), offset))
                        }
                    }
                    return found
                }
            }
            return try await group.reduce(into: [:]) { all, found in for (number, offset) in found { all[offset] = number } }
        }
        try await log.close()
        let found = try LogFixture.read(disk)
        #expect(found.numbers.count == 960)
        #expect(found.numbers == (0..<960).compactMap { offsets[UInt64($0)] })
        #expect(try LogReader.open(at: LogFixture.path, disk: disk).segments().count > 1)
        let again = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        #expect(again.recovery.isClean)
        try await again.close()
    }

    @Test func `a closed writer refuses, and closing twice is fine`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        try await log.close()
        try await log.close()
        let error = await #expect(throws: LogError.self) { try await log.append(LogFixture.batch(1)) }
        #expect(error?.code == .closed)
    }

    @Test func `a dropped writer lets go of the lock`() async throws {
        let disk = SimulatedDisk()
        _ = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        while true {
            if let next = try? await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options()) {
                return try await next.close()
            }
            await Task.yield()
        }
    }

    @Test func `a second writer gets the holder's pid`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let error = await #expect(throws: LogError.self) { try await LogWriter.open(at: LogFixture.path, disk: disk) }
        #expect(error?.code == .lockHeld)
        #expect(error?.message.contains("pid ") == true)
        try await log.close()
    }

    @Test func `sync failures under load lose nothing that was acknowledged`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options { $0.segmentRows = 50 })
        let start = disk.operationCount
        disk.plan(Dictionary(uniqueKeysWithValues: (1..<20).map { (start + $0 * 17, SimulatedDisk.Fault.fail(5)) }))
        let acknowledged = await withTaskGroup(of: [Int64].self) { group in
            for task in 0..<8 {
                group.addTask {
                    var numbers: [Int64] = []
                    for round in 0..<20 {
                        let number = task * 20 + round
                        let batch = LogFixture.batch(1, first: number, ids: true)
                        if (try? await log.append(batch)) != nil { numbers.append(Int64(number)) }
                    }
                    return numbers
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        try? await log.close()
        try LogFixture.expectKept(acknowledged, after: disk, seed: 3)
        #expect(acknowledged.count > 20)
    }

    @Test func `a follower sees every event once, across sealing`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options { $0.segmentRows = 20 })
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        async let followed: [Int64] = {
            var numbers: [Int64] = []
            for try await batch in reader.follow(from: Offset(5)) {
                batch.forEachEvent { _, event in
                    if case .int64(let number)? = event[attribute: "number"] { numbers.append(number) }
                }
                if numbers.last == 199 { break }
            }
            return numbers
        }()
        for round in 0..<50 { _ = try await log.append(LogFixture.batch(4, first: round * 4)) }
        #expect(try await followed == Array(5..<200))
        try await log.close()
    }

    @Test func `a follower ends when its task is cancelled`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        let task = Task {
            var count = 0
            for try await _ in reader.follow(from: Offset(0)) { count += 1 }
            return count
        }
        task.cancel()
        #expect(try await task.value == 0)
        try await log.close()
    }

    @Test func `a batch over the limits is refused as a whole`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        var batch = LogFixture.batch(2)
        batch.times.removeLast()
        let error = await #expect(throws: LogError.self) { try await log.append(batch) }
        #expect(error?.code == .batchRefused)
        try await log.close()
    }
}
