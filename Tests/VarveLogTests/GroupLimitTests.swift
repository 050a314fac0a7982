import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Which of the waiting batches make one frame: merging itself says so, and a group ends where it says no.
@Suite struct GroupLimitTests {
    /// One event with an attribute for each of `names`.
    private static func wide(_ names: Range<Int>, number: Int, observed: Timestamp? = nil) -> EventBatch {
        var builder = BatchBuilder()
        let attributes = names.map { Attribute("a\(10_000 + $0)", .int64(Int64($0))) }
        builder.append(
            Event(
                time: Timestamp(nanoseconds: 1_600_000_000_000_000_000), signal: "wide", id: "w\(number)", observed: observed,
                attributes: attributes + [Attribute("number", .int64(Int64(number)))]))
        return builder.finish()
    }

    @Test(arguments: [2_045, 2_046, 2_047, 2_048, 4_090])
    func `two waiting batches that share nearly all their names are appended`(names: Int) throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        let receipts = try core.append([Self.wide(0..<names, number: 0), Self.wide(0..<names, number: 1)])
        #expect(receipts.map(\.offsets) == [0..<1, 1..<2])
        #expect(try LogFixture.read(disk).numbers == [0, 1])
    }

    @Test func `single events of many names are appended by two callers at once`() async throws {
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: LogFixture.path, disk: disk, options: LogFixture.options())
        let attributes = (0..<2_047).map { Attribute("a\(10_000 + $0)", .int64(Int64($0))) }
        let events = EventAppender(log)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<4 {
                        _ = try await events.append(
                            Event(
                                time: Timestamp(nanoseconds: 1_600_000_000_000_000_000), signal: "wide", attributes: attributes))
                    }
                }
            }
            try await group.waitForAll()
        }
        try await log.close()
        #expect(try LogFixture.read(disk).offsets == Array(0..<16))
    }

    @Test(arguments: 0..<6) func `whatever names waiting batches share, each event is appended once, with all of its names`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed)
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        var expected: [Int] = []
        var number = 0
        for _ in 0..<2 {
            let batches = (0..<Int.random(in: 2...6, using: &random)).map { _ -> EventBatch in
                let first = Int.random(in: 0...5_000, using: &random)
                let names = first..<(first + Int.random(in: 1...4_090, using: &random))
                // Some come a second time, and are duplicates.
                if number == 0 || !random.chance(1, in: 5) {
                    number += 1
                    expected.append(names.count + 1)
                }
                return Self.wide(names, number: number)
            }
            let receipts = try core.append(batches)
            #expect(receipts.count == batches.count)
            #expect(receipts.allSatisfy { $0.appended + $0.duplicates.count == 1 })
        }
        var found: [Int] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64.max) { batch in
            batch.forEachEvent { _, event in found.append(event.attributes.count) }
        }
        #expect(found == expected)
        let again = try LogFixture.core(disk.kill())
        #expect(again.report.isClean)
    }

    @Test func `a batch with append times and one without are two frames, and each keeps what is its own`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.keepsObserved = true })
        let given = Timestamp(nanoseconds: LogFixture.start - 5_000)
        _ = try core.append([
            Self.wide(0..<2, number: 0, observed: given), Self.wide(0..<2, number: 1), Self.wide(0..<2, number: 2),
        ])
        var found: [Int64] = []
        try LogReader.open(at: LogFixture.path, disk: disk).scan(0..<UInt64.max) { found += $0.observed }
        #expect(found == [given.nanoseconds, LogFixture.start, LogFixture.start])
    }
}
