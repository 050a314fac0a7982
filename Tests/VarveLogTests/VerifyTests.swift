import Testing
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

@Suite struct VerifyTests {
    /// Two sealed segments and an active one.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 4 })
        for round in 0..<5 { _ = try core.append([LogFixture.batch(2, first: round * 2, ids: true)]) }
        try core.finish()
        return disk.kill()
    }

    @Test func `a sound log has no fault`() throws {
        let report = try LogVerifier.verify(at: LogFixture.path, disk: Self.log())
        #expect(report.isSound, "\(report.faults)")
        #expect(report.segments == 3)
        #expect(report.events == 10)
        #expect(report.frames == 5)
    }

    @Test func `a flipped bit anywhere in a segment is found, the file named, and nothing changed`() throws {
        let disk = try Self.log()
        for first in [0, 4, 8] as [UInt64] {
            let path = LogFixture.segment(first)
            let count = try #require(disk.contents(path)?.count)
            for bit in stride(from: Int(first), to: count * 8, by: 53) {
                let hurt = disk.snapshot()
                hurt.damage(path) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
                let before = hurt.paths.map { hurt.contents($0) }
                let report = try LogVerifier.verify(at: LogFixture.path, disk: hurt)
                #expect(report.faults.contains { $0.file == path && !$0.bytes.isEmpty }, "bit \(bit) of \(path)")
                #expect(hurt.paths.map { hurt.contents($0) } == before)
            }
        }
    }

    @Test func `a truncated or missing segment is found`() throws {
        let disk = try Self.log()
        for first in [0, 4, 8] as [UInt64] {
            let path = LogFixture.segment(first)
            let count = try #require(disk.contents(path)?.count)
            for size in stride(from: 0, to: count, by: 41) {
                let hurt = disk.snapshot()
                hurt.damage(path) { $0.removeLast(count - size) }
                let report = try LogVerifier.verify(at: LogFixture.path, disk: hurt)
                #expect(report.faults.contains { $0.file == path }, "\(size) bytes of \(path)")
            }
            let hurt = disk.snapshot()
            hurt.erase(path)
            #expect(try !LogVerifier.verify(at: LogFixture.path, disk: hurt).isSound)
        }
    }

    @Test func `the content hash does not depend on frames`() throws {
        var hashes: Set<String> = []
        for step in [1, 2, 3, 12] {
            let disk = SimulatedDisk()
            // The thirteenth event begins the second segment.
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 12 })
            for first in stride(from: 0, to: 12, by: step) {
                _ = try core.append([LogFixture.batch(step, first: first, ids: true)])
            }
            _ = try core.append([LogFixture.batch(1, first: 12)])
            let segments = try LogReader.open(at: LogFixture.path, disk: disk).segments()
            #expect(segments.count == 2)
            hashes.insert(try #require(segments[0].contentHash).description)
        }
        #expect(hashes.count == 1, "\(hashes)")
    }
}
