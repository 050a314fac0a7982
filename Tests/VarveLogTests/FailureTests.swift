import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct FailureTests {
    private static let inputOutput: Int32 = 5
    private static let noSpace: Int32 = 28

    @Test func `after a failed sync the tail goes into a new segment and is durable there`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        _ = try core.append([LogFixture.batch(3)])
        // The write is the next operation, its sync the one after.
        disk.plan([disk.operationCount + 1: .fail(Self.inputOutput)])
        let receipt = try core.append([LogFixture.batch(2, first: 3)])
        #expect(receipt[0].offsets == 3..<5)
        #expect(disk.paths.contains(LogFixture.segment(3)))
        _ = try core.append([LogFixture.batch(1, first: 5)])
        for seed in 0..<100 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            _ = try LogFixture.core(after)
            #expect(try LogFixture.read(after).numbers == Array(0..<6), "seed \(seed)")
        }
    }

    @Test func `a failed sync of a segment's first frame replaces the segment`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        let start = disk.operationCount
        _ = try LogFixture.core(disk.kill().snapshot()).append([LogFixture.batch(1)])
        // lock of the manifest, create, fsync of the directory, header, its sync, frame: the seventh is the frame's sync.
        disk.plan([start + 6: .fail(Self.inputOutput)])
        #expect(try core.append([LogFixture.batch(2)])[0].offsets == 0..<2)
        #expect(disk.paths.contains { $0.hasPrefix("data/torn/") })
        for seed in 0..<50 as Range<UInt64> {
            let after = disk.crash(seed: seed)
            _ = try LogFixture.core(after)
            #expect(try LogFixture.read(after).numbers == [0, 1])
        }
    }

    @Test func `any one failing operation loses nothing acknowledged and appending goes on`() throws {
        for failing in 0..<40 {
            let errno = failing.isMultiple(of: 2) ? Self.inputOutput : Self.noSpace
            let disk = SimulatedDisk()
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
            disk.plan([disk.operationCount + failing: .fail(errno)])
            var acknowledged: [Int64] = []
            var offsets: [UInt64] = []
            for round in 0..<6 {
                let batch = LogFixture.batch(2, first: round * 2, ids: true)
                guard let receipt = try? core.append([batch])[0] else { continue }
                #expect(receipt.appended == 2 && receipt.duplicates.isEmpty)
                acknowledged += [Int64(round * 2), Int64(round * 2 + 1)]
                offsets += receipt.offsets ?? 0..<0
            }
            #expect(acknowledged.count >= 10, "operation \(failing) stopped the writer")
            #expect(offsets == Array(0..<UInt64(offsets.count)))
            #expect(try LogFixture.read(disk).numbers == acknowledged, "operation \(failing)")
            let killed = disk.kill()
            let again = try LogFixture.core(killed)
            let numbers = try LogFixture.read(killed).numbers
            #expect(Array(numbers.prefix(acknowledged.count)) == acknowledged, "operation \(failing) after a restart")
            #expect(Set(numbers).count == numbers.count)
            #expect(again.report.damaged.isEmpty)
        }
    }

    @Test func `a full disk refuses, and takes events again when there is space`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 20 })
        var taken: [Int64] = []
        for round in 0..<200 {
            if round == 20 { disk.limit(bytes: 20_000) }
            if round == 150 { disk.limit(bytes: nil) }
            do {
                _ = try core.append([LogFixture.batch(1, first: round, ids: true)])
                taken.append(Int64(round))
            } catch {
                #expect(LogError(error).code == .noSpace)
            }
        }
        #expect(taken.count < 200 && taken.last == 199)
        #expect(try LogFixture.read(disk).numbers == taken)
        let killed = disk.kill()
        _ = try LogFixture.core(killed)
        #expect(try LogFixture.read(killed).numbers == taken)
    }

    @Test func `a writer whose log was opened by another is fenced before it acknowledges`() throws {
        let disk = SimulatedDisk()
        let first = try LogFixture.core(disk)
        _ = try first.append([LogFixture.batch(1)])
        // Somebody deletes the lock file and starts a second writer.
        disk.erase("data/lock")
        let second = try LogFixture.core(disk)
        _ = try second.append([LogFixture.batch(1, first: 1)])
        let error = #expect(throws: (any Error).self) { try first.append([LogFixture.batch(1, first: 2)]) }
        #expect(LogError(try #require(error)).code == .fenced)
    }
}
