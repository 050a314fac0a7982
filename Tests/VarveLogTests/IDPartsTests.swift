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

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a table takes a batch in as it takes one id after the other`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var (table, single) = (IDTable(expected: 3_000), IDTable())
        var (next, offset) = (0, UInt64(0))
        for _ in 0..<12 {
            let rows = (0..<900).filter { _ in seed.isMultiple(of: 2) || random.chance(4, in: 5) }.map { UInt32($0) }
            let numbers = rows.map { _ in
                next += 1
                return random.chance(1, in: 9) ? Int.random(in: 0...next, using: &random) : next
            }
            let hashes = numbers.map(Self.hash)
            let known = numbers.map { $0.isMultiple(of: 50) ? UInt64($0) : IDTable.none }
            var expected: [UInt64] = []
            for (index, hash) in hashes.enumerated() {
                let new = offset + UInt64(rows[index]) - UInt64(expected.count)
                let original = known[index] == IDTable.none ? single.insert(hash, new) : known[index]
                if let original { expected.append(original) }
            }
            let isWhole = rows.count == 900
            let found = table.insert(hashes, rows: isWhole ? [] : rows, first: offset, known: known)
            #expect(found.map(\.offset) == expected)
            #expect(table.count == single.count)
            var looked = hashes.map { _ in IDTable.none }
            table.lookUp(hashes, &looked)
            #expect(looked.map { $0 == IDTable.none ? nil : $0 } == hashes.map { single.offset(of: $0) })
            offset += 900 - UInt64(expected.count)
        }
    }

    @Test func `ids are told apart also where their slots are alike`() {
        var table = IDTable()
        let hashes = (0..<200 as Range<UInt64>).map { Hash128(high: $0 << 32, low: 7) }
        #expect(table.insert(hashes, rows: [], first: 0, known: []).isEmpty)
        #expect((0..<200).allSatisfy { table.offset(of: hashes[$0]) == UInt64($0) })
        for number in stride(from: 0, to: 200, by: 3) { #expect(table.remove(hashes[number]) == UInt64(number)) }
        #expect((0..<200).allSatisfy { table.offset(of: hashes[$0]) == ($0.isMultiple(of: 3) ? nil : UInt64($0)) })
    }

    @Test func `where an id stands depends on the seed, also for ids whose hashes begin alike`() {
        let hashes = (0..<1_000 as Range<UInt64>).map { Hash128(high: 0, low: .max << 32 | $0) }
        func places(_ seed: UInt64) -> [Int] {
            let homes = IDSlots(TableSeed(seed))
            return hashes.map { homes.slot($0, of: 3_000) }
        }
        #expect(places(1) == places(1) && places(1) != places(2))
        #expect((1..<20).allSatisfy { Set(places($0)).count > 100 })
    }

    @Test(arguments: [true, false])
    func `ids of a segment that waits to be sealed stay known when the next one has begun`(isExpected: Bool) throws {
        let (disk, paths) = (SimulatedDisk(), StorePaths("data"))
        let manifestStore = ManifestStore(Manifest(store: LogFixture.store), disk, paths)
        var ids = LiveIDs(IDIndex(disk, paths, manifestStore, IDMemory(0)))
        #expect(try ids.insert(BatchIDs(LogFixture.batch(10, ids: true)), first: 0).isEmpty)
        if isExpected { ids.expectSegment() }
        let next = BatchIDs(LogFixture.batch(10, first: 8, ids: true))
        let known = try ids.insert(next, first: 10)
        #expect(known.map(\.index) == [0, 1] && known.map(\.offset) == [8, 9])
        ids.begin(at: 10, next.hashes(without: known))
        let all = BatchIDs(LogFixture.batch(30, ids: true))
        #expect(try ids.insert(all, first: 18).map(\.offset) == Array(0..<18))
        #expect(ids.count == 30)
        ids.remove(Array(all.hashes[5..<25]))
        #expect(ids.count == 10 && ids.isFull(adding: 1 << 20))
        #expect(try ids.insert(all, first: 30).map(\.index) == Array(0..<5) + Array(25..<30))
    }

    @Test func `what a table took in last can be taken out again, and nothing else`() {
        var table = IDTable()
        for number in 0..<10_000 { _ = table.insert(Self.hash(number), UInt64(number)) }
        let last = (7_000..<10_000).map(Self.hash)
        #expect(table.removeLast(Array(last.dropLast())) == nil && table.removeLast(last.reversed()) == nil)
        #expect(table.count == 10_000)
        #expect(table.removeLast(last)?.map(\.offset) == (7_000..<10_000).map { UInt64($0) })
        #expect((0..<10_000).allSatisfy { table.offset(of: Self.hash($0)) == ($0 < 7_000 ? UInt64($0) : nil) })
        #expect(table.removeLast((0..<7_000).map(Self.hash))?.count == 7_000 && table.count == 0)
        #expect(table.insert(Self.hash(1), 4) == nil && table.insert(Self.hash(1), 5) == 4)
    }

    @Test(arguments: [0, 1, 2, 31, 33, 700, 9_000])
    func `entries are sorted by hash and offset, also where many have one hash`(count: Int) {
        var random = SeededRandom(seed: UInt64(count))
        let even = (0..<count).map { IDEntry(hash: Self.hash($0 / 2), offset: random.next() % 9) }
        let few = (0..<count).map { _ in
            IDEntry(hash: Hash128(high: random.next() % 3, low: random.next() % 3), offset: random.next() % 9)
        }
        for entries in [even, few, even + few] {
            var sorted = entries
            IDSort.sort(&sorted)
            #expect(sorted == entries.sorted { $0.hash == $1.hash ? $0.offset < $1.offset : $0.hash < $1.hash })
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `the ids of a batch are hashed with their tenants, in the order of rows`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var builder = BatchBuilder()
        for number in 0..<400 {
            var event = Event(time: Timestamp(nanoseconds: 5), signal: "signal \(Int.random(in: 0..<5, using: &random))")
            if seed > 1 || number.isMultiple(of: 2) && seed > 0 || event.signal != "signal 3" { event.id = "id \(number)" }
            if seed > 2, random.chance(1, in: 3) { event.id = nil }
            if seed > 3, random.chance(2, in: 3) { event.tenant = "tenant \(number % 4)" }
            builder.append(event)
        }
        var batch = builder.finish()
        batch.firstOffset = Offset(70)
        var expected: [IDEntry] = []
        batch.forEachEvent { offset, event in
            guard let id = event.id else { return }
            var key = withUnsafeBytes(of: UInt32(event.tenant.map { $0.utf8.count + 1 } ?? 0).littleEndian) { Array($0) }
            key += Array((event.tenant ?? "").utf8) + Array(id.utf8)
            expected.append(IDEntry(hash: key.withUnsafeBytes { XXH3.hash128($0) }, offset: offset.value))
        }
        let ids = BatchIDs(batch)
        #expect(ids.entries(batch) == expected)
        #expect((0..<ids.count).map { UInt64(ids.row($0)) + 70 } == expected.map(\.offset))
        let known = [(index: 0, offset: UInt64(1)), (index: 7, offset: 2), (index: ids.count - 1, offset: 3)]
        let left = expected.indices.filter { index in !known.contains { $0.index == index } }
        #expect(ids.hashes(without: known) == left.map { expected[$0].hash })
        batch.offsets = (0..<400).map { 1_000 + $0 * 3 }
        #expect(BatchIDs(batch).entries(batch).map(\.offset) == expected.map { 1_000 + ($0.offset - 70) * 3 })
    }

    @Test(arguments: [1, 7, 300, 20_000])
    func `a filter misses nothing, folded or not, and is wrong for less than one in a hundred`(keys: Int) {
        var filter = IDFilter(keys: keys)
        for number in 0..<keys { filter.insert(Self.hash(number)) }
        var atOnce = IDFilter(keys: keys)
        atOnce.insert((0..<keys).map { IDEntry(hash: Self.hash($0), offset: 0) })
        #expect(atOnce.blocks == filter.blocks)
        let some = (0..<(keys + 100)).map(Self.hash)
        let found = some.indices.map { $0.isMultiple(of: 3) ? 1 : IDTable.none }
        let chosen = some.indices.filter { !$0.isMultiple(of: 3) && filter.mayHold(some[$0]) }
        #expect(filter.choose(some, notIn: found).map { Int($0) } == chosen)
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
            let sorted = entries.sorted(by: { $0.hash < $1.hash })
            for entry in sorted[..<(count / 3)] { try writer.add(entry) }
            try writer.add(Array(sorted[(count / 3)...]))
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
