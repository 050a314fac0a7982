import Testing
import VarveEvents
import VarveProjections

/// More combinations than a view keeps or shows.
struct BudgetTests {
    static let view = ViewDefinition("paths") {
        Dimension("path")
        Measure.count("events")
        Measure.sum("bytes", of: "bytes")
        Budget(2)
    }

    /// 1,000 paths over two hours; path p occurs `p % 7 + 1` times.
    static let events: [Event] = {
        var numbers = SeededNumbers(3)
        let all = (0..<1_000).flatMap { path in
            (0...(path % 7)).map { turn in
                Event(
                    time: Timestamp(nanoseconds: EventStreams.start + Int64(turn % 2) * 3_600_000_000_000), signal: "s",
                    attributes: [Attribute("bytes", .int64(Int64(path))), Attribute("path", .string("/\(path)"))])
            }
        }
        return all.shuffled(using: &numbers)
    }()

    @Test(arguments: [1, 10, 333, 5_000]) func `what is kept and what is folded depends on the events alone`(size: Int) throws {
        let wanted = try #require(MergeTests.folded(Self.events, size: 65_536, plan: FoldPlan([Self.view])).state(of: "paths"))
        var parts = (0..<3).map { _ in ViewStates(FoldPlan([Self.view])) }
        for (index, batch) in EventStreams.batches(Self.events, size: size).enumerated() { parts[index % 3].fold(batch) }
        parts[2].merge(parts[0])
        parts[2].merge(parts[1])
        let state = try #require(parts[2].state(of: "paths"))
        #expect(state.canonicalBytes() == wanted.canonicalBytes())
        #expect(state.viewHash == wanted.viewHash)
        for bucket in state.buckets { #expect(state.cells().filter { $0.bucket == bucket }.count == 2 * 64 + 1) }
    }

    @Test func `totals stay exact and the folded row says what it is`() throws {
        let state = try #require(MergeTests.folded(Self.events, size: 100, plan: FoldPlan([Self.view])).state(of: "paths"))
        let rows = try state.rows(ViewQuery(bucket: .all))
        #expect(rows.count == 3)
        #expect(rows.filter(\.isOther).map { $0["path"] } == [.string("__other__")])
        #expect(rows.reduce(0) { $0 + ($1["events"]?.number ?? 0) } == Double(Self.events.count))
        let total = try state.rows(ViewQuery(bucket: .all, by: []))
        #expect(total.count == 1)
        #expect(total[0]["events"] == .int(Int64(Self.events.count)))
    }

    @Test func `changes tell of cells that were folded later`() throws {
        var states = ViewStates(FoldPlan([Self.view]))
        var stored: Set<[UInt8]> = []
        for batch in EventStreams.batches(Self.events, size: 90) {
            states.fold(batch)
            for change in states.takeChanges()[0].changes {
                switch change {
                case .set(let cell): stored.insert(cell.key + [UInt8(truncatingIfNeeded: cell.bucket)])
                case .removed(let bucket, let key): stored.remove(key + [UInt8(truncatingIfNeeded: bucket)])
                }
            }
        }
        let cells = try #require(states.state(of: "paths")).cells()
        #expect(stored == Set(cells.map { $0.key + [UInt8(truncatingIfNeeded: $0.bucket)] }))
    }

    @Test func `a top list keeps its totals when it folds`() throws {
        let view = ViewDefinition("top") {
            Measure.topK("paths", of: "path", 1)
        }
        let plan = FoldPlan([view])
        let one = try #require(MergeTests.folded(Self.events, size: 65_536, plan: plan).state(of: "top"))
        let many = try #require(MergeTests.folded(Self.events, size: 7, plan: plan).state(of: "top"))
        #expect(one.canonicalBytes() == many.canonicalBytes())
        guard case .top(let entries)? = try one.rows(ViewQuery(bucket: .all))[0]["paths"] else { Issue.record("no list"); return }
        #expect(entries.reduce(0) { $0 + $1.count } == Int64(Self.events.count))
    }
}
