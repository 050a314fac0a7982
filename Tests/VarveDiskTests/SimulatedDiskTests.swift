import Testing
import VarveDisk
import VarveTestSupport

@Suite struct SimulatedDiskTests {
    private static func prepared() throws -> (SimulatedDisk, DiskFile) {
        let disk = SimulatedDisk()
        try disk.makeDirectory("d")
        let file = try disk.create("d/f")
        try file.write([1, 2, 3], at: 0)
        try file.syncData()
        return (disk, file)
    }

    @Test func `what was synced survives every crash`() throws {
        let (disk, file) = try Self.prepared()
        try file.write([9, 9], at: 3)
        for seed in 0..<200 as Range<UInt64> {
            let bytes = try #require(disk.crash(seed: seed).contents("d/f"))
            #expect(bytes.prefix(3) == [1, 2, 3])
        }
    }

    @Test func `what was not synced survives in some crashes and is lost in others`() throws {
        let (disk, file) = try Self.prepared()
        try file.write([UInt8](repeating: 7, count: 2000), at: 3)
        let sizes = Set((0..<200 as Range<UInt64>).map { disk.crash(seed: $0).contents("d/f")?.count ?? -1 })
        #expect(sizes.contains(3))
        #expect(sizes.contains(2003))
        #expect(sizes.count > 3, "no torn write among \(sizes)")
    }

    @Test func `an entry whose directory was not synced may be lost`() throws {
        let disk = SimulatedDisk()
        try disk.makeDirectory("d")
        let handle = try disk.entryCreate("d/f")
        try disk.syncData(handle)
        let found = Set((0..<100 as Range<UInt64>).map { disk.crash(seed: $0).contents("d/f") != nil })
        #expect(found == [true, false])
        try disk.syncDirectory("d")
        #expect((0..<100 as Range<UInt64>).allSatisfy { disk.crash(seed: $0).contents("d/f") != nil })
    }

    @Test func `a file that was moved to another directory does not come back where it was`() throws {
        let disk = SimulatedDisk()
        try disk.makeDirectory("d")
        try disk.makeDirectory("e")
        _ = try disk.entryCreate("d/f")
        try disk.entryRename("d/f", to: "e/f")
        try disk.syncDirectory("e")
        try disk.syncDirectory("d")
        for seed in 0..<50 as Range<UInt64> { #expect(disk.crash(seed: seed).paths == ["d", "e", "e/f"]) }
    }

    @Test func `after a failed sync a later one does not make the old bytes durable`() throws {
        let (disk, file) = try Self.prepared()
        try file.write([4], at: 3)
        disk.plan([disk.operationCount: .fail(5)])
        #expect(throws: DiskError.self) { try file.syncData() }
        try file.syncData()
        #expect(disk.contents("d/f") == [1, 2, 3, 4])
        #expect((0..<50 as Range<UInt64>).allSatisfy { disk.crash(seed: $0).contents("d/f") == [1, 2, 3] })
    }

    @Test func `a snapshot is independent and a crash repeats itself`() throws {
        let (disk, file) = try Self.prepared()
        let copy = disk.snapshot()
        try file.write([8], at: 0)
        #expect(copy.contents("d/f") == [1, 2, 3])
        #expect(disk.crash(seed: 5).contents("d/f") == disk.crash(seed: 5).contents("d/f"))
    }
}
