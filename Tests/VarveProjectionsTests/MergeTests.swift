import Testing
import VarveCatalog
import VarveEvents
import VarveHash
import VarveProjections

/// A view is a pure function of the events: not of frames, threads, order of merging or encodings.
struct MergeTests {
    static let views = ViewDefinition.builtIn + [OracleTests.everything]
    static let plan = FoldPlan(views, minutes: true)
    static let events = EventStreams.random(1_500, seed: 21)

    static func folded(_ events: [Event], size: Int, decimals: Bool = true, plan: FoldPlan = plan) -> ViewStates {
        var states = ViewStates(plan)
        for batch in EventStreams.batches(events, size: size, decimals: decimals) { states.fold(batch) }
        return states
    }

    static func bytes(_ states: ViewStates) -> [[UInt8]] {
        states.all.map { $0.canonicalBytes() }
    }

    static let whole = folded(events, size: 65_536)
    static let wholeBytes = bytes(whole)

    @Test(arguments: [7, 64, 1_000, 1_499]) func `frame sizes do not show`(size: Int) {
        #expect(Self.bytes(Self.folded(Self.events, size: size)) == Self.wholeBytes)
    }

    @Test func `single-row frames and raw doubles do not show`() {
        let events = Array(Self.events.prefix(200))
        let wanted = Self.bytes(Self.folded(events, size: 65_536))
        #expect(Self.bytes(Self.folded(events, size: 1)) == wanted)
        #expect(Self.bytes(Self.folded(events, size: 65_536, decimals: false)) == wanted)
    }

    @Test(arguments: 1...6) func `any split, merged in any order and grouping, ends in the same bytes`(seed: UInt64) {
        var numbers = SeededNumbers(seed)
        var batches = EventStreams.batches(Self.events, size: Int.random(in: 50...900, using: &numbers))
        batches.shuffle(using: &numbers)
        var parts = (0..<Int.random(in: 2...9, using: &numbers)).map { _ in ViewStates(Self.plan) }
        for batch in batches { parts[Int.random(in: parts.indices, using: &numbers)].fold(batch) }
        while parts.count > 1 {
            let taken = parts.remove(at: Int.random(in: parts.indices, using: &numbers))
            let target = Int.random(in: parts.indices, using: &numbers)
            // What was merged may be settled or not: asking for bytes on the way must not matter.
            if Bool.random(using: &numbers) { _ = Self.bytes(taken) }
            parts[target].merge(taken)
        }
        #expect(Self.bytes(parts[0]) == Self.wholeBytes)
        #expect(parts[0].all.map(\.viewHash) == Self.whole.all.map(\.viewHash))
    }

    @Test func `folding days from hours equals folding days`() throws {
        for view in Self.views where view.permanentLevel == .hour {
            var daily = view
            daily.levels = [.day]
            let states = Self.folded(Self.events, size: 500, plan: FoldPlan([daily]))
            let direct = try #require(states.state(of: view.name)).cells()
            #expect(try #require(Self.whole.state(of: view.name)).coarsened(to: .day).cells() == direct)
            let minutes = try #require(Self.whole.state(of: view.name, level: .minute))
            #expect(minutes.coarsened(to: .day).cells() == direct)
        }
    }

    @Test func `states are values: a copy keeps what it had`() {
        var states = Self.folded(Array(Self.events.prefix(1_000)), size: 1_000)
        let copy = states
        let before = Self.bytes(copy)
        for batch in EventStreams.batches(Self.events, size: 800) { states.fold(batch) }
        #expect(Self.bytes(copy) == before)
        #expect(Self.bytes(states) != before)
    }

    @Test func `two threads read one shared state at once`() async {
        let shared = Self.folded(Self.events, size: 1_000)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<4 { group.addTask { Self.bytes(shared) == Self.wholeBytes } }
            for await isEqual in group { #expect(isEqual) }
        }
    }

    @Test func `canonical bytes read back to the same state, which folds on`() throws {
        let (first, rest) = (Array(Self.events.prefix(900)), Array(Self.events.dropFirst(900)))
        let stored = try Self.folded(first, size: 700).all.map {
            try ViewState(canonicalBytes: $0.canonicalBytes(), definition: $0.definition)
        }
        var states = ViewStates(Self.plan, stored)
        var offset = 900
        for var batch in EventStreams.batches(rest, size: 300) {
            batch.firstOffset = Offset(UInt64(offset))
            offset += batch.rowCount
            states.fold(batch)
        }
        #expect(Self.bytes(states) == Self.wholeBytes)
    }

    @Test func `reading some buckets only skips the others`() throws {
        let state = try #require(Self.whole.state(of: "latency"))
        let bytes = state.canonicalBytes()
        let wanted = state.buckets[3]...state.buckets[5]
        let part = try ViewState(canonicalBytes: bytes, definition: .latency, buckets: wanted)
        #expect(part.cells() == state.cells().filter { wanted.contains($0.bucket) })
    }

    @Test func `changes taken after each batch add up to the state`() throws {
        var states = ViewStates(Self.plan)
        var tables = [[String: CellState]](repeating: [:], count: Self.plan.views.count * 2)
        for batch in EventStreams.batches(Self.events, size: 450) {
            states.fold(batch)
            for (index, view) in states.takeChanges().enumerated() {
                for change in view.changes {
                    switch change {
                    case .set(let cell): tables[index]["\(cell.bucket) \(cell.key)"] = cell
                    case .removed(let bucket, let key): tables[index]["\(bucket) \(key)"] = nil
                    }
                }
            }
        }
        #expect(states.takeChanges().allSatisfy { $0.changes.isEmpty })
        for (index, state) in states.all.enumerated() {
            let rebuilt = try ViewState(state.definition, level: state.level, cells: tables[index].values)
            #expect(rebuilt.canonicalBytes() == Self.wholeBytes[index])
        }
    }

    @Test func `only changed cells are taken`() throws {
        var states = ViewStates(FoldPlan([.volume]))
        for batch in EventStreams.batches(Self.events, size: 65_536) { states.fold(batch) }
        _ = states.takeChanges()
        states.fold(EventStreams.batches([Event(time: Self.events[0].time, signal: "odd")], size: 1)[0])
        #expect(states.takeChanges().map(\.changes.count) == [1])
    }
}
