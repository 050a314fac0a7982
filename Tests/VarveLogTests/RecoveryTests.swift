import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct RecoveryTests {
    /// A log of three frames of two events in one segment, whose process was killed, and the bytes of the segment.
    private static func threeFrames() throws -> (disk: SimulatedDisk, bytes: [UInt8], ends: [Int]) {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk)
        var ends: [Int] = []
        for frame in 0..<3 {
            _ = try core.append([LogFixture.batch(2, first: frame * 2)])
            ends.append(disk.contents(LogFixture.segment(0))?.count ?? 0)
        }
        let killed = disk.kill()
        return (killed, try #require(killed.contents(LogFixture.segment(0))), ends)
    }

    private static func setWatermark(_ disk: SimulatedDisk, _ durable: UInt64) {
        disk.damage("data/log/durable") {
            $0 = Watermark(epoch: 1, segment: Offset(0), durable: Offset(durable)).encoded(LogFixture.store)
        }
    }

    @Test func `a tail torn at any byte above the watermark is cut, kept aside, and no event below it is lost`() throws {
        let (disk, bytes, ends) = try Self.threeFrames()
        for size in ends[1]..<bytes.count {
            let torn = disk.snapshot()
            // The third frame was never acknowledged.
            Self.setWatermark(torn, 4)
            torn.damage(LogFixture.segment(0)) { $0.removeLast(bytes.count - size) }
            let core = try LogFixture.core(torn)
            #expect(core.report.cases.map(\.label) == [size == ends[1] ? "clean" : "torn"])
            #expect(core.report.tornBytes == size - ends[1])
            #expect(core.report.tornCopies.count == (size == ends[1] ? 0 : 1))
            let receipt = try core.append([LogFixture.batch(1, first: 100)])
            #expect(receipt[0].offsets == 4..<5)
            #expect(try LogFixture.read(torn).numbers == [0, 1, 2, 3, 100])
        }
    }

    @Test func `zeros behind the last frame are a torn tail`() throws {
        let (disk, _, _) = try Self.threeFrames()
        disk.damage(LogFixture.segment(0)) { $0 += [UInt8](repeating: 0, count: 4096) }
        let core = try LogFixture.core(disk)
        #expect(core.report.cases.map(\.label) == ["torn"])
        #expect(core.report.tornCopies.isEmpty)
        #expect(try LogFixture.read(disk).numbers == Array(0..<6))
    }

    @Test func `whole frames above the watermark are written again and kept`() throws {
        let (disk, _, _) = try Self.threeFrames()
        Self.setWatermark(disk, 4)
        let core = try LogFixture.core(disk)
        #expect(core.report.cases.map(\.label) == ["unpublished"])
        #expect(try LogFixture.read(disk).numbers == Array(0..<6))
    }

    @Test func `a lost watermark costs nothing`() throws {
        let (disk, _, _) = try Self.threeFrames()
        disk.erase("data/log/durable")
        _ = try LogFixture.core(disk)
        #expect(try LogFixture.read(disk).numbers == Array(0..<6))
    }

    @Test func `any flipped bit below the watermark loses one frame at most, is named, and ingest goes on`() throws {
        let (disk, bytes, ends) = try Self.threeFrames()
        for bit in stride(from: 0, to: bytes.count * 8, by: 37) {
            let flipped = disk.snapshot()
            flipped.damage(LogFixture.segment(0)) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
            let frame = ends.firstIndex { bit / 8 < $0 } ?? 2
            let isHeader = bit / 8 < SegmentHeader.size
            let kept = (0..<6).filter { isHeader || $0 / 2 != frame }.map(Int64.init)
            #expect(try LogFixture.read(flipped).numbers == kept, "reading with bit \(bit) flipped")
            let core = try LogFixture.core(flipped)
            #expect(core.report.cases.map(\.label) == ["damaged"], "bit \(bit)")
            #expect(try core.append([LogFixture.batch(1, first: 100)])[0].offsets == 6..<7)
            let found = try LogFixture.read(flipped)
            #expect(found.numbers == kept + [100], "bit \(bit)")
            if !isHeader { #expect(found.damage.map(\.offsets) == [UInt64(frame * 2)..<UInt64(frame * 2 + 2)]) }
        }
    }

    @Test func `a lost active segment is marked, and its offsets are never given again`() throws {
        let (disk, _, _) = try Self.threeFrames()
        disk.erase(LogFixture.segment(0))
        let core = try LogFixture.core(disk)
        #expect(core.report.cases.map(\.label) == ["lost"])
        #expect(core.report.damaged.map(\.offsets) == [0..<6])
        #expect(try core.append([LogFixture.batch(1)])[0].offsets == 6..<7)
        try core.finish()
        let again = try LogFixture.core(disk)
        #expect(again.report.damaged.map(\.offsets) == [0..<6])
        #expect(try LogFixture.read(disk).damage.map(\.offsets) == [0..<6])
    }

    @Test func `a segment of another log is quarantined`() throws {
        let (disk, _, _) = try Self.threeFrames()
        let other = SimulatedDisk()
        let core = try LogFixture.core(other, LogFixture.options { $0.newStore?.low = 1 })
        _ = try core.append([LogFixture.batch(2)])
        let foreign = try #require(other.contents(LogFixture.segment(0)))
        disk.damage(LogFixture.segment(0)) { $0 = foreign }
        let opened = try LogFixture.core(disk)
        #expect(opened.report.cases.map(\.label) == ["foreignLost"])
        #expect(opened.report.quarantined.count == 1)
        #expect(disk.paths.contains(opened.report.quarantined[0]))
    }

    @Test func `both manifests lost are rebuilt from the segments`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 4 })
        for round in 0..<5 { _ = try core.append([LogFixture.batch(3, first: round * 3, ids: true)]) }
        let before = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        for copies in [["a"], ["b"], ["a", "b"]] {
            let hurt = disk.kill()
            for copy in copies { hurt.damage("data/log/manifest.\(copy)") { $0[20] ^= 1 } }
            #expect(try LogReader.open(at: LogFixture.path, disk: hurt).segments() == before)
            let opened = try LogFixture.core(hurt)
            #expect(opened.report.manifestRebuilt == (copies.count == 2))
            #expect(opened.report.epoch > core.report.epoch)
            #expect(try LogFixture.read(hurt).numbers == Array(0..<15))
            #expect(try opened.append([LogFixture.batch(3, ids: true)])[0].duplicates.count == 3)
        }
    }
}
