import Testing
import VarveCatalog
import VarveEvents
import VarveHash

@testable import VarveProjections

/// States as sections: read by bucket, added up from bytes.
struct SectionTests {
    static let views = MergeTests.views + [BudgetTests.view]
    static let plan = FoldPlan(views)
    static let events = EventStreams.random(900, seed: 77) + Array(BudgetTests.events.prefix(700))
    static let whole = MergeTests.folded(events, size: 65_536, plan: plan)
    static let parts = EventStreams.batches(Array(events), size: 400).map { batch in
        var states = ViewStates(plan)
        states.fold(batch)
        return states
    }

    @Test(arguments: 1...4) func `sections of parts, added up in any order, are the state of the whole`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        for view in Self.views {
            for level in view.permanentLevels {
                var merger = SectionMerger(view, level: level)
                for part in Self.parts.shuffled(using: &numbers) {
                    let state = try #require(part.state(of: view))
                    // Hours may be added up to days, or days taken as they are.
                    let from = Bool.random(using: &numbers) ? view.permanentLevel : level
                    let section = try Self.reread(state.section(at: from))
                    for bucket in section.buckets.shuffled(using: &numbers) { try merger.merge(section, bucket, at: from) }
                }
                let wanted = try #require(Self.whole.state(of: view)).coarsened(to: level)
                #expect(merger.finished().canonicalBytes() == wanted.canonicalBytes(), "\(view.name) by the \(level.name)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 50]) func `sections of shares, joined, are the section of the whole`(shares: Int) throws {
        for view in Self.views {
            let state = try #require(Self.whole.state(of: view)).exactlyFolded()
            let whole = state.section(at: view.permanentLevel)
            let joined = StateSection(joining: (0..<shares).map { state.section(share: $0, of: shares) })
            #expect(joined.index == whole.index, "\(view.name)")
            #expect(joined.cells == whole.cells, "\(view.name)")
            #expect(joined.buckets == whole.buckets, "\(view.name)")
        }
    }

    /// As a file would give it back.
    private static func reread(_ section: StateSection) throws -> StateSection {
        let buckets = try #require(StateSection.buckets(index: section.index, limit: section.cells.count))
        return try #require(StateSection(buckets[...], bytes: section.cells))
    }

    @Test func `a range of buckets is read from its bytes alone`() throws {
        let state = try #require(Self.whole.state(of: "latency"))
        let section = state.section(at: .hour)
        let numbers = section.buckets.map(\.number)
        let ranges = [numbers[3]...numbers[9], numbers[2]...numbers[2], .min ... .max, .min ... numbers[0], numbers[5]...(.max)]
        for wanted in ranges + [(numbers[0] - 9)...(numbers[0] - 1)] {
            let places = StateSection.places(of: wanted, in: section.buckets)
            let bytes = section.buckets[places].flatMap { bucket in
                section.cells[bucket.position..<(bucket.position + bucket.length)]
            }
            let part = try #require(StateSection(section.buckets[places], bytes: bytes))
            var merger = SectionMerger(state.definition, level: .hour)
            try merger.merge(part, at: .hour)
            #expect(merger.finished().canonicalBytes() == state.keeping(wanted).canonicalBytes())
        }
    }

    @Test func `a bucket that does not fit its hash, and an index that is cut or out of order, is none`() throws {
        let section = try #require(Self.whole.state(of: "volume")).section(at: .hour)
        var cells = section.cells
        cells[cells.count / 2] ^= 1
        #expect(StateSection(section.buckets[...], bytes: cells) == nil)
        #expect(StateSection(section.buckets[...], bytes: section.cells.dropLast()) == nil)
        #expect(StateSection(section.buckets[...], bytes: section.cells + [0]) == nil)
        var moved = section.buckets
        moved[1].number += 1
        #expect(StateSection(moved[...], bytes: section.cells) == nil)
        #expect(StateSection.buckets(index: Array(section.index.dropLast()), limit: .max) == nil)
        #expect(StateSection.buckets(index: section.index, limit: section.cells.count - 1) == nil)
        let entries = section.index.count / StateSection.entrySize
        #expect(entries > 2)
        let turned = Array(section.index[StateSection.entrySize...]) + section.index[..<StateSection.entrySize]
        #expect(StateSection.buckets(index: turned, limit: .max) == nil)
    }

    /// Bytes that fit their hash are believed to be cells; whatever they are, the answer is a state that can be shown, or an
    /// error.
    @Test(arguments: 1...6) func `any bytes give a state or an error, never a trap`(seed: UInt64) throws {
        var numbers = SeededNumbers(seed)
        var (read, refused) = (0, 0)
        for view in Self.views {
            let section = try #require(Self.parts[Int(seed) % 4].state(of: view)).section(at: view.permanentLevel)
            for _ in 0..<60 {
                guard let bucket = section.buckets.randomElement(using: &numbers) else { break }
                var bytes = Array(section.cells[bucket.position..<(bucket.position + bucket.length)])
                Self.damage(&bytes, &numbers)
                let count = Int.random(in: 0..<4, using: &numbers) == 0 ? UInt32.max : bucket.cells
                let hurt = StateSection.Bucket(number: bucket.number, cells: count, position: 0, length: bytes.count, hash: 0)
                var merger = SectionMerger(view, level: view.permanentLevel)
                do {
                    try merger.merge(section, at: view.permanentLevel)
                    try merger.merge(StateSection(buckets: [hurt], bytes: bytes), at: view.permanentLevel)
                    let state = merger.finished()
                    _ = state.canonicalBytes()
                    _ = state.viewHash
                    _ = try state.rows(ViewQuery(bucket: .all))
                    _ = try state.rows(ViewQuery(bucket: .day, by: []))
                    read += 1
                } catch {
                    refused += 1
                }
            }
        }
        #expect(read > 20 && refused > 20, "\(read) were read and \(refused) refused")
    }

    private static func damage(_ bytes: inout [UInt8], _ numbers: inout SeededNumbers) {
        switch Int.random(in: 0..<4, using: &numbers) {
        case 0:
            bytes.removeLast(Int.random(in: 0..<bytes.count, using: &numbers))
        case 1:
            for _ in 0..<Int.random(in: 1...8, using: &numbers) {
                let place = Int.random(in: bytes.indices, using: &numbers)
                bytes[place] = [0, 1, 0x7F, 0x80, 0xFF].randomElement(using: &numbers) ?? 0
            }
        case 2:
            let start = Int.random(in: bytes.indices, using: &numbers)
            for index in start..<min(start + 10, bytes.count) { bytes[index] = 0xFF }
        default: bytes[Int.random(in: bytes.indices, using: &numbers)] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        }
    }

    @Test func `rows do not show in which order a budget folded`() throws {
        let plan = FoldPlan([BudgetTests.view])
        let batches = EventStreams.batches(BudgetTests.events, size: 60)
        var rows: Set<[ViewRow]> = []
        for order in [batches, batches.reversed()] {
            var states = ViewStates(plan)
            for batch in order { states.fold(batch) }
            rows.insert(try #require(states.state(of: "paths")).rows(ViewQuery(bucket: .hour)))
        }
        #expect(rows.count == 1)
    }
}
