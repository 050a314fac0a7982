import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveLog

@Suite struct InspectTests {
    private static func log(rows: Int = 40) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 30 })
        for first in stride(from: 0, to: rows, by: 10) {
            _ = try core.append([LogFixture.batch(10, first: first, ids: true)])
        }
        try core.finish()
        return disk.kill()
    }

    @Test func `a dump names every byte of a segment once, frames and their parts apart`() throws {
        let disk = try Self.log()
        for first in [0, 30] as [UInt64] {
            let path = LogFixture.segment(first)
            let size = UInt64(try #require(disk.contents(path)?.count))
            var position: UInt64 = 0
            for line in try LogInspector.dump(path, disk: disk) where !line.text.hasPrefix("frame ") {
                #expect(line.bytes.lowerBound == position, "\(line)")
                position = line.bytes.upperBound
            }
            #expect(position == size)
        }
    }

    @Test func `a dump of a damaged segment says where the damage is`() throws {
        let disk = try Self.log()
        let path = LogFixture.segment(0)
        let whole = try LogInspector.dump(path, disk: disk)
        let second = try #require(whole.first { $0.text.hasPrefix("frame 1") })
        disk.damage(path) { $0[Int(second.bytes.lowerBound) + 130] ^= 4 }
        let lines = try LogInspector.dump(path, disk: disk)
        #expect(lines.contains { $0.text.hasPrefix("damaged") && $0.bytes == second.bytes })
        #expect(try LogInspector.dump(path, frame: 1, disk: disk).first?.text.hasPrefix("frame 1: offsets 20") == true)
    }

    @Test func `columns add up to the bytes of the frames`() throws {
        let disk = try Self.log()
        let columns = try LogReader.open(at: LogFixture.path, disk: disk).columns()
        #expect(columns.events == 40)
        #expect(columns.frames == 4)
        let number = try #require(columns.columns.first { $0.key?.name == "number" })
        #expect(number.values == 40)
        #expect(number.distinct == 40)
        let component = try #require(columns.columns.first { $0.key == .component })
        #expect(component.distinct == 7)
        #expect(abs(try #require(component.entropyBits) - 2.807) < 0.02)
    }
}
