import Testing
import VarveEvents
import VarveHash

@testable import VarveProjections

/// The most frequent of very many values, and sorted hashes.
@Suite struct KeyCountsTests {
    /// What a cell keeps, worked out from all counts at once.
    private static func expected(_ counts: [String: Int64], kept: Int) -> (kept: [String: Int64], other: Int64) {
        let ordered = counts.keys.sorted { left, right in
            XXH3.hash64(left) == XXH3.hash64(right) ? left < right : XXH3.hash64(left) < XXH3.hash64(right)
        }
        let chosen = ordered.prefix(kept).reduce(into: [String: Int64]()) { $0[$1] = counts[$1] }
        return (chosen, ordered.dropFirst(kept).reduce(0) { $0 + (counts[$1] ?? 0) })
    }

    private static func shown(_ counts: KeyCounts) -> [String: Int64] {
        (0..<counts.count).reduce(into: [:]) { $0[String(decoding: counts.key($1), as: UTF8.self)] = counts.counts[$1] }
    }

    private static func add(_ key: String, _ count: Int64, to counts: inout KeyCounts, kept: Int) {
        Array(key.utf8).withUnsafeBytes { counts.add($0, XXH3.hash64($0), count, keeping: kept) }
    }

    @Test(arguments: [1, 64, 500, 20_000], 0..<3) func `a cell keeps the same keys in any order and split`(
        values: Int, seed: UInt64
    ) {
        var numbers = SeededNumbers(seed)
        let events = (0..<30_000).map { _ in "key \(Int.random(in: 0..<values, using: &numbers))" }
        let all = events.reduce(into: [String: Int64]()) { $0[$1, default: 0] += 1 }
        let expected = Self.expected(all, kept: 64)
        for parts in [1, 3] {
            var counts = [KeyCounts](repeating: KeyCounts(), count: parts)
            for (index, event) in events.shuffled(using: &numbers).enumerated() {
                Self.add(event, 1, to: &counts[index % parts], kept: 64)
            }
            var whole = KeyCounts()
            for part in counts { whole.absorb(part, keeping: 64) }
            whole.trim(64)
            #expect(Self.shown(whole) == expected.kept)
            #expect(whole.other == expected.other)
        }
    }

    @Test(arguments: [0, 1, 2, 255, 257, 1_000, 65_536]) func `hashes are sorted, evenly spread or not`(count: Int) {
        var numbers = SeededNumbers(UInt64(count))
        let even = (0..<count).map { _ in numbers.next() }
        for hashes in [even, even.map { $0 >> 40 }, even.map { $0 & 7 }, even.sorted(), [UInt64](repeating: .max, count: count)] {
            var sorted = hashes
            sorted.sortHashes()
            #expect(sorted == hashes.sorted())
        }
    }

    @Test func `a bucket's number is found by multiplication, at every border`() {
        let hour: Int64 = 3_600_000_000_000
        var times: [Int64] = []
        for number in stride(from: Int64(-500_000), through: 500_000, by: 997) {
            times += [number * hour - 1, number * hour, number * hour + 1]
        }
        var numbers = SeededNumbers(5)
        times.shuffle(using: &numbers)
        var builder = BatchBuilder()
        for time in times { builder.append(Event(time: Timestamp(nanoseconds: time), signal: "s")) }
        let view = ViewDefinition("v") { Measure.count("events") }
        var states = ViewStates(FoldPlan([view]))
        states.fold(builder.finish())
        let found = states.all[0].store.sortedBuckets.map(\.number)
        #expect(found == Set(times.map { BucketLevel.hour.bucket(of: $0) }).sorted())
    }
}
