import Testing
import VarveEvents
import VarveHash

@testable import VarveProjections

/// A way to fold that claims to give the same bytes however the events are split and merged.
private protocol Folding {
    init()
    mutating func fold(_ batch: EventBatch)
    mutating func merge(_ other: Self)
    var bytes: [UInt8] { get }
}

/// The bytes that differ when events are split into other parts and merged in another order: one for what keeps its claim.
private func hashes<Fold: Folding>(of type: Fold.Type, _ events: [Event], seed: UInt64) -> Set<SHA256Digest> {
    var numbers = SeededNumbers(seed)
    var found: Set<SHA256Digest> = []
    for (size, parts) in [(65_536, 1), (1, 1), (7, 3), (64, 5), (64, 5), (333, 2)] {
        var folds = (0..<parts).map { _ in Fold() }
        for (index, batch) in EventStreams.batches(events, size: size).enumerated() { folds[index % parts].fold(batch) }
        folds.shuffle(using: &numbers)
        var whole = Fold()
        for fold in folds { whole.merge(fold) }
        found.insert(whole.bytes.withUnsafeBytes { SHA256Digest(of: $0) })
    }
    return found
}

/// What the views are made of.
private struct Views: Folding {
    static let views = [
        ViewDefinition("v") {
            Dimension("component")
            Measure.count("events")
            Measure.sum("total", of: "duration_ms")
            Measure.last("last", of: "user")
            Measure.distinct("users", of: "user")
            Measure.quantiles(of: "duration_ms", [StatisticColumn("p95", .quantile(millionths: 950_000))])
            Measure.topK("top", of: "user", 3)
        }
    ]
    var states = ViewStates(FoldPlan(views))
    mutating func fold(_ batch: EventBatch) { states.fold(batch) }
    mutating func merge(_ other: Self) { states.merge(other.states) }
    var bytes: [UInt8] { states.all.flatMap { $0.canonicalBytes() } }
}

/// Planted: sums of doubles, which depend on the order they are added in.
private struct FloatSum: Folding {
    var sum = 0.0
    mutating func fold(_ batch: EventBatch) {
        batch.forEachEvent { _, event in
            switch event[attribute: "duration_ms"] {
            case .double(let value): sum += value
            case .int64(let value): sum += Double(value)
            default: break
            }
        }
    }
    mutating func merge(_ other: Self) { sum += other.sum }
    var bytes: [UInt8] { withUnsafeBytes(of: sum.bitPattern) { Array($0) } }
}

/// Planted: a dictionary written in its own order, which depends on its history.
private struct HashWalk: Folding {
    var counts: [String: Int] = [:]
    mutating func fold(_ batch: EventBatch) {
        batch.forEachEvent { _, event in counts[event.user ?? "", default: 0] += 1 }
    }
    mutating func merge(_ other: Self) { counts.merge(other.counts) { $0 + $1 } }
    var bytes: [UInt8] { counts.flatMap { Array("\($0.key)=\($0.value);".utf8) } }
}

struct DeterminismTests {
    static let events = EventStreams.random(3_000, seed: 71)

    @Test func `states have one hash however events are split and merged`() {
        #expect(hashes(of: Views.self, Self.events, seed: 1).count == 1)
    }

    @Test func `a planted sum of doubles is caught`() {
        #expect(hashes(of: FloatSum.self, Self.events, seed: 1).count > 1)
    }

    @Test func `a planted walk in hash order is caught`() {
        #expect(hashes(of: HashWalk.self, Self.events, seed: 1).count > 1)
    }

    @Test func `ten thousand values with a budget of a thousand: totals are exact and the rest is one row`() throws {
        let view = ViewDefinition("paths") {
            Dimension("path")
            Measure.count("events")
            Budget(1_000)
        }
        // Path p occurs p % 13 + 1 times.
        var numbers = SeededNumbers(9)
        let paths = (0..<10_000).flatMap { path in [Int](repeating: path, count: path % 13 + 1) }.shuffled(using: &numbers)
        let events = paths.map {
            Event(
                time: Timestamp(nanoseconds: EventStreams.start), signal: "s", attributes: [Attribute("path", .string("/\($0)"))])
        }
        let state = try #require(MergeTests.folded(events, size: 5_000, plan: FoldPlan([view])).state(of: view))
        let rows = try state.rows(ViewQuery(bucket: .day))
        #expect(rows.count == 1_001)
        // Those that occur 13 times are 769, those with 12 fill up the rest.
        let shown = rows.filter { !$0.isOther }.map { $0["events"]?.number ?? 0 }
        #expect(shown.filter { $0 == 13 }.count == 769)
        #expect(shown.filter { $0 == 12 }.count == 231)
        let other = rows.first { $0.isOther }?["events"]
        #expect(other == .int(Int64(events.count) - 769 * 13 - 231 * 12))
        #expect(try state.rows(ViewQuery(bucket: .day, by: []))[0]["events"] == .int(Int64(events.count)))
    }
}
