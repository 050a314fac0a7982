import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

/// Which ids the log has, whatever becomes of the files in `ids/`.
@Suite struct IDIndexTests {
    private static func runs(_ disk: SimulatedDisk) -> [String] { disk.paths.filter { $0.hasSuffix(".run") } }

    /// A log of small segments with events 0 ..< `events`, each with an id; killed.
    private static func log(events: Int, rows: Int = 6) throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = rows })
        for first in stride(from: 0, to: events, by: 3) { _ = try core.append([LogFixture.batch(3, first: first, ids: true)]) }
        return disk.kill()
    }

    /// All events again: every one is a duplicate of itself.
    private static func expectAll(_ disk: SimulatedDisk, _ events: Int, _ comment: Comment? = nil) throws {
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
        let receipt = try core.append([LogFixture.batch(events, ids: true)])[0]
        #expect(receipt.appended == 0, comment)
        #expect(receipt.duplicates.map(\.original.value) == Array(0..<UInt64(events)), comment)
    }

    @Test func `runs are merged while segments are sealed, and none is made anew at open`() throws {
        let disk = try Self.log(events: 300)
        // 50 segments, of which the last is active.
        #expect(Self.runs(disk).count < 12)
        let opened = try LogFixture.core(disk.snapshot())
        #expect(opened.report.segmentsReadForIDs == 0 && opened.report.segmentsReadForProducers == 0)
        try Self.expectAll(disk, 300)
    }

    @Test func `deleted runs come back the same, and only what is missing is read`() throws {
        let disk = try Self.log(events: 96)
        let before = Dictionary(uniqueKeysWithValues: Self.runs(disk).map { ($0, disk.contents($0)) })
        for path in Self.runs(disk) {
            let hurt = disk.snapshot()
            hurt.erase(path)
            let opened = try LogFixture.core(hurt)
            let offsets = try #require(StorePaths.idRunOffsets(StorePaths.name(of: path)))
            #expect(opened.report.segmentsReadForIDs == (offsets.upperBound - offsets.lowerBound) / 6)
            #expect(Dictionary(uniqueKeysWithValues: Self.runs(hurt).map { ($0, hurt.contents($0)) }) == before)
        }
        for path in disk.paths where path.hasPrefix("data/ids/") { disk.erase(path) }
        try Self.expectAll(disk, 96)
    }

    @Test func `any flipped bit and any cut in a run leaves every answer right`() throws {
        let disk = try Self.log(events: 42)
        var noticed = 0
        var cases = 0
        for path in Self.runs(disk) {
            let size = try #require(disk.contents(path)).count
            for place in 0..<size {
                let hurt = disk.snapshot()
                hurt.damage(path) { bytes in
                    if place % 5 == 4 { bytes.removeLast(size - place) } else { bytes[place] ^= 1 << UInt8(place % 8) }
                }
                try Self.expectAll(hurt, 42, "\(path), byte \(place)")
                cases += 1
                if hurt.contents(path) != disk.contents(path) { continue }
                noticed += 1
            }
        }
        print("\(cases) damaged runs, \(noticed) of them made anew under the same name")
        #expect(noticed > cases / 2)
    }

    enum Strange: CaseIterable { case foreign, newer, otherCourse, shifted, renamed, folder }

    @Test(arguments: Strange.allCases)
    func `a run that does not belong here is not believed`(strange: Strange) throws {
        let disk = try Self.log(events: 96)
        let path = try #require(Self.runs(disk).first)
        var bytes = try #require(disk.contents(path))
        let end = bytes.count - IDRunFooter.size
        switch strange {
        case .foreign:
            // The ids of another log, at the same offsets.
            let other = SimulatedDisk()
            let core = try LogFixture.core(
                other,
                LogFixture.options {
                    $0.segmentRows = 6
                    $0.newStore = StoreID(high: 1, low: 2)
                })
            for first in stride(from: 0, to: 96, by: 3) {
                _ = try core.append([LogFixture.batch(3, first: 1_000 + first, ids: true)])
            }
            bytes = try #require(other.contents(path))
        case .otherCourse:
            // Of this log, as it would have become with other events.
            let fork = SimulatedDisk()
            let core = try LogFixture.core(fork, LogFixture.options { $0.segmentRows = 6 })
            for first in stride(from: 0, to: 96, by: 3) {
                _ = try core.append([LogFixture.batch(3, first: 2_000 + first, ids: true)])
            }
            bytes = try #require(fork.contents(path))
        case .newer:
            bytes[end + 8] = 3
            Self.seal(&bytes)
        case .shifted:
            bytes[end + 32] = 6
            Self.seal(&bytes)
        case .renamed:
            try disk.rename(path, to: StorePaths("data").idRun(0..<90))
        case .folder:
            disk.erase(path)
            try disk.makeDirectory(path)
        }
        if strange != .renamed, strange != .folder { disk.damage(path) { $0 = bytes } }
        let core = try LogFixture.core(disk)
        #expect(core.report.segmentsReadForIDs > 0)
        #expect(try core.append([LogFixture.batch(96, ids: true)])[0].duplicates.map(\.original.value) == Array(0..<96))
        for first in [1_000, 2_000] {
            #expect(try core.append([LogFixture.batch(48, first: first, ids: true)])[0].appended == 48)
        }
    }

    /// The checksum of a footer, made right.
    private static func seal(_ bytes: inout [UInt8]) {
        let footer = bytes.suffix(IDRunFooter.size).dropLast(8)
        let hash = Array(footer).withUnsafeBytes { XXH3.hash64($0) }
        bytes.removeLast(8)
        withUnsafeBytes(of: hash.littleEndian) { bytes.append(contentsOf: $0) }
    }

    @Test func `a run that is damaged under a writer at work is made anew`() throws {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 6 })
        for first in stride(from: 0, to: 96, by: 3) { _ = try core.append([LogFixture.batch(3, first: first, ids: true)]) }
        for place in [9, 40, 200] {
            for path in Self.runs(disk) { disk.damage(path) { $0[min(place, $0.count - 1)] ^= 2 } }
            let receipt = try core.append([LogFixture.batch(99, ids: true)])[0]
            #expect(receipt.duplicates.map(\.original.value) == Array(0..<UInt64(place == 9 ? 96 : 99)))
        }
        // Nor can it be read again: then the append is refused, not taken.
        for path in Self.runs(disk) { disk.damage(path) { $0[20] ^= 2 } }
        disk.failEverything(with: 5)
        let error = #expect(throws: LogError.self) { try core.append([LogFixture.batch(3, ids: true)]) }
        #expect(error?.code == .inputOutput)
        disk.failEverything(with: nil)
        #expect(try core.append([LogFixture.batch(3, ids: true)])[0].duplicates.count == 3)
    }

    @Test func `ids of events that a repair has given up may come again`() throws {
        let disk = try Self.log(events: 30)
        disk.damage(LogFixture.segment(6)) { $0[SegmentHeader.size + 140] ^= 1 }
        _ = try LogRepair.repair(at: LogFixture.path, disk: disk)
        let lost = try LogFixture.read(disk)
        #expect(lost.numbers.count < 30)
        let core = try LogFixture.core(disk)
        let receipt = try core.append([LogFixture.batch(30, ids: true)])[0]
        #expect(receipt.appended == 30 - lost.numbers.count)
    }

    @Test func `a segment ends when its ids have no more room`() throws {
        let disk = SimulatedDisk()
        let options = LogFixture.options { $0.idMemoryBytes = 1 }
        let core = try LogFixture.core(disk, options)
        let room = IDMemory(1).tableEntries
        let rows = room / 2
        for round in 0..<5 { _ = try core.append([LogFixture.batch(rows, first: round * rows, ids: true)]) }
        let segments = try LogReader.open(at: LogFixture.path, disk: disk).segments()
        #expect(segments.map(\.firstOffset.value) == [0, UInt64(rows * 2), UInt64(rows * 4)])
        // Every round is looked up in what is sealed and what is not.
        #expect(try core.append([LogFixture.batch(rows * 2, first: rows * 2, ids: true)])[0].duplicates.count == rows * 2)
        #expect(core.planner.idCount == rows)
        // Without ids it is one segment.
        let plain = SimulatedDisk()
        let other = try LogFixture.core(plain, options)
        for round in 0..<4 { _ = try other.append([LogFixture.batch(rows, first: round * rows)]) }
        #expect(try LogReader.open(at: LogFixture.path, disk: plain).segments().count == 1)
        #expect(Self.runs(plain).isEmpty)
    }
}
