import Testing
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Runs made from segments that are far apart, or that cannot be read.
@Suite struct IDGapTests {
    private static let options = LogFixture.options { $0.segmentRows = 6 }
    private static let paths = StorePaths(LogFixture.path)

    private static func append(_ core: LogCore, _ numbers: Range<Int>) throws {
        for first in stride(from: numbers.lowerBound, to: numbers.upperBound, by: 3) {
            _ = try core.append([LogFixture.batch(3, first: first, ids: true)])
        }
    }

    private static func runs(_ disk: SimulatedDisk) -> [Range<UInt64>] {
        disk.paths.compactMap { StorePaths.idRunOffsets(StorePaths.name(of: $0)) }
    }

    private static func eraseRuns(_ disk: SimulatedDisk) {
        for path in disk.paths where path.hasSuffix(".run") { disk.erase(path) }
    }

    private static func manifest(_ disk: SimulatedDisk) throws -> Manifest {
        guard case .valid(let manifest) = try ManifestFiles.load(disk, paths) else { throw LogError(.damaged, "no manifest") }
        return manifest
    }

    /// Two sealed segments of six events and one with three, without runs.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        try append(LogFixture.core(disk, options), 0..<15)
        let killed = disk.kill()
        eraseRuns(killed)
        return killed
    }

    @Test func `segments whose ids are further apart than a run reaches come back in two`() throws {
        var disk = SimulatedDisk()
        let far: [UInt64] = [1 << 31, 1 << 32, 3 << 31]
        for (round, end) in far.enumerated() {
            let core = try LogFixture.core(disk, Self.options)
            try Self.append(core, (round * 6)..<(round * 6 + 6))
            // Seals those before.
            try Self.append(core, (1_000 + round * 3)..<(1_003 + round * 3))
            disk = disk.kill()
            // In the place of the segment that was begun comes one with very many events, none of which has an id.
            let manifest = try Self.manifest(disk)
            var plain = try #require(manifest.segments.last)
            disk.erase(LogFixture.segment(plain.end.value))
            (plain.first, plain.end, plain.ids, plain.chainIn) = (plain.end, Offset(end), 0, plain.chainOut)
            try ManifestStore(manifest, disk, Self.paths).change { [plain] in $0.segments.append(plain) }
        }
        Self.eraseRuns(disk)
        let core = try LogFixture.core(disk, Self.options)
        #expect(core.report.segmentsReadForIDs == 3)
        #expect(Self.runs(disk) == [0..<(far[0] + 6), far[1]..<(far[1] + 6)])
        let originals = Array(0..<6) + (0..<6).map { far[0] + $0 } + (0..<6).map { far[1] + $0 }
        #expect(try core.append([LogFixture.batch(18, ids: true)])[0].duplicates.map(\.original.value) == originals)
    }

    @Test func `a sealed segment that the disk does not read is named, and the log is written all the same`() throws {
        let disk = try Self.log()
        disk.makeUnreadable([LogFixture.segment(6)])
        let manifestStore = ManifestStore(try Self.manifest(disk), disk, Self.paths)
        let index = IDIndex(disk, Self.paths, manifestStore, IDMemory(0))
        #expect(try index.load().unreadable.count == 1)
        // Nor does it keep others from being sealed.
        try index.catchUp(to: 12)
        Self.eraseRuns(disk)

        let core = try LogFixture.core(disk, Self.options)
        #expect(core.report.segmentsReadForIDs == 1 && !core.report.isClean)
        #expect(core.report.damaged.map(\.file) == [LogFixture.segment(6)])
        #expect(core.report.damaged.map(\.offsets) == [6..<12])
        let suffix = "its ids are unknown, so duplicates of them are not detected"
        #expect(core.report.damaged.allSatisfy { $0.reason.hasSuffix(suffix) })
        let receipt = try core.append([LogFixture.batch(15, ids: true)])[0]
        #expect(receipt.duplicates.map(\.original.value) == Array(0..<6) + Array(12..<15))
        #expect(receipt.appended == 6)
    }

    enum Absence: CaseIterable { case unreadable, gone }

    @Test(arguments: Absence.allCases)
    func `no run is merged over a segment whose ids could not be read, and they come back with it`(absence: Absence) throws {
        let (path, aside) = (LogFixture.segment(6), LogFixture.path + "/aside")
        var disk = try Self.log()
        switch absence {
        case .unreadable: disk.makeUnreadable([path])
        case .gone: try disk.rename(path, to: aside)
        }
        // Four runs of six around it, which would become one.
        try Self.append(LogFixture.core(disk, Self.options), 15..<33)
        disk = disk.kill()
        #expect(Self.runs(disk) == [0..<6, 12..<18, 18..<24, 24..<30])
        switch absence {
        case .unreadable: disk.makeUnreadable([])
        case .gone: try disk.rename(aside, to: path)
        }
        let core = try LogFixture.core(disk, Self.options)
        #expect(core.report.segmentsReadForIDs == 1 && core.report.damaged.isEmpty)
        #expect(try core.append([LogFixture.batch(33, ids: true)])[0].duplicates.map(\.original.value) == Array(0..<33))
    }

    @Test(arguments: [
        ([], 0..<4), ([15], 2..<6), ([25], 3..<7), ([35], 0..<4), ([15, 55], 2..<6), ([25, 55], nil), ([75], 0..<4),
    ] as [([UInt64], Range<Int>?)])
    func `neighbours are merged on either side of a gap, never over it`(gaps: [UInt64], window: Range<Int>?) {
        let runs = (0..<8 as Range<UInt64>).map { IDMergePlan.Run(offsets: ($0 * 10)..<($0 * 10 + 5), count: 5) }
        #expect(IDMergePlan.window(runs, floor: 0, gaps: gaps) == window)
    }
}
