import Testing
import VarveDisk
import VarveEvents
import VarveHash
import VarveTestSupport

@testable import VarveLog

/// The pieces that the index of event ids is made of, each against something simpler.
@Suite struct IDPartsTests {
    private static func hash(_ number: Int) -> Hash128 { withUnsafeBytes(of: number) { XXH3.hash128($0) } }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a table answers as a dictionary does`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var table = IDTable()
        var model: [Int: UInt64] = [:]
        for offset in 0..<4_000 as Range<UInt64> {
            let number = Int.random(in: 0..<600, using: &random)
            let hash = Self.hash(number)
            #expect(table.offset(of: hash) == model[number])
            if random.chance(2, in: 5) {
                #expect(table.remove(hash) == model.removeValue(forKey: number))
            } else {
                #expect(table.insert(hash, offset) == model[number])
                if model[number] == nil { model[number] = offset }
            }
            #expect(table.count == model.count)
        }
    }

    @Test(arguments: [1, 7, 300, 20_000])
    func `a filter misses nothing, folded or not, and is wrong for less than one in a hundred`(keys: Int) {
        var filter = IDFilter(keys: keys)
        for number in 0..<keys { filter.insert(Self.hash(number)) }
        let others = keys..<(keys + 20_000)
        #expect(others.count { filter.mayHold(Self.hash($0)) } < 200)
        var sizes: [Int] = []
        while !filter.blocks.isEmpty {
            #expect((0..<keys).allSatisfy { filter.mayHold(Self.hash($0)) })
            sizes.append(filter.byteCount)
            filter.fold(keys: keys)
        }
        // What is left of it says yes to everything.
        #expect(filter.mayHold(Self.hash(keys)))
        if keys == 20_000 {
            #expect(sizes.count == 3 && sizes[2] * 4 == sizes[0])
            #expect(sizes[0] * 8 <= keys * IDFilter.bitsPerKey + 16 * 256)
        }
    }

    @Test func `a run holds what was written, and says nothing of what was not`() throws {
        let disk = SimulatedDisk()
        let paths = StorePaths("data")
        try disk.makeDirectory("data")
        try disk.makeDirectory(paths.ids)
        for count in [1, IDBlock.entriesMax, IDBlock.entriesMax + 1, 3_000] {
            let footer = IDRunFooter(store: LogFixture.store, offsets: 50..<(50 + UInt64(count)), chain: 7)
            var writer = try IDRunWriter(disk, paths, footer, keys: count, bitsPerKey: 12)
            let entries = (0..<count).map { IDEntry(hash: Self.hash($0), offset: 50 + UInt64($0)) }
            for entry in entries.sorted(by: { $0.hash < $1.hash }) { try writer.add(entry) }
            let written = try #require(try writer.finish())
            let path = paths.idRun(footer.offsets)
            let run = try IDRun(opening: disk.openFile(path))
            #expect(run.footer == written.footer && run.filter.blocks == written.filter.blocks && run.count == count)
            #expect(disk.contents(path)?.count == Int(run.footer.fileSize))
            let hashes = (0..<(count + 500)).map(Self.hash)
            var wanted = hashes.indices.map { Int32($0) }
            var found: [Int: UInt64] = [:]
            try run.find(hashes, &wanted) { found[$0] = $1 }
            #expect(found == Dictionary(uniqueKeysWithValues: (0..<count).map { ($0, 50 + UInt64($0)) }))
        }
    }

    /// Every run as it would be after sealing segments of random sizes, and what was written for it.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `merging keeps runs few and writes every id a few times only`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var runs: [IDMergePlan.Run] = []
        var (ids, written, end): (Int, Int, UInt64) = (0, 0, 0)
        let even = seed < 10
        for _ in 0..<1_000 {
            let count = even ? 1_000 : Int.random(in: 1...(random.chance(1, in: 9) ? 20_000 : 2_000), using: &random)
            runs.append(IDMergePlan.Run(offsets: end..<(end + UInt64(count)), count: count))
            end += UInt64(count)
            ids += count
            while let window = IDMergePlan.window(runs, floor: 0) {
                #expect(window.count >= LogLimits.idMergeRuns)
                let merged = IDMergePlan.Run(
                    offsets: runs[window.lowerBound].offsets.lowerBound..<runs[window.upperBound - 1].offsets.upperBound,
                    count: runs[window].reduce(0) { $0 + $1.count })
                written += merged.count
                runs.replaceSubrange(window, with: [merged])
            }
            #expect(runs.count <= LogLimits.idRuns)
        }
        #expect(written <= ids * (even ? 5 : LogLimits.idMergePace), "\(written) written for \(ids)")
    }

    @Test func `a run half of which has expired is written without it, once`() {
        let runs = [IDMergePlan.Run(offsets: 10..<100, count: 90), IDMergePlan.Run(offsets: 100..<140, count: 40)]
        #expect(IDMergePlan.window(runs, floor: 54) == nil)
        #expect(IDMergePlan.window(runs, floor: 55) == 0..<1)
        #expect(IDMergePlan.window([IDMergePlan.Run(offsets: 55..<100, count: 45), runs[1]], floor: 55) == nil)
        #expect(IDMergePlan.window([IDMergePlan.Run(offsets: 10..<100, count: 90, isFixed: true)], floor: 90) == nil)
    }
}
