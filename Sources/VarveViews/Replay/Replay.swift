internal import Synchronization
internal import VarveDisk
public import VarveEvents
public import VarveHash
public import VarveLog
public import VarveProjections

/// How a replay is run.
public struct ReplayOptions: Sendable {
    /// Threads that read and fold; the calling thread is one of them.
    public var threads = 2
    /// The first offset that is left out; nil for all that is durable.
    public var upTo: Offset?
    /// Whether minute states are made too, for the views that have minutes.
    public var minutes = false
    /// Whether states that `states/` has of whole segments are taken from there instead of being folded. Nothing is kept there.
    public var usesCache = false
    /// Event times outside of which nothing is asked: segments that cannot hold any are not read.
    public var from: Timestamp?
    public var to: Timestamp?

    public init(threads: Int = 2, upTo: Offset? = nil) {
        self.threads = threads
        self.upTo = upTo
    }
}

/// What a replay gave.
public struct ReplayResult: Sendable {
    public var states: ViewStates
    /// Those of sequential projections. Poisoned events are left out of them, and counted in their tallies.
    public var inOrder: [SequentialState] = []
    /// The first offset there was: events below had been removed.
    public var from: Offset
    /// Per view, the first offset that it knows of: R where it has no base.
    public var completeFrom: [String: Offset]
    /// The first offset that was left out.
    public var upTo: Offset
    /// Events read.
    public var events: UInt64
    public var segments: Int
    /// Segments whose states were taken from the cache.
    public var cached: Int
    /// From opening the log to merged states with their sketches counted out, reading and decoding included.
    public var seconds: Double
    /// What could not be read, in the order of offsets.
    public var damaged: [DamagedRange]

    /// Per view, in the order asked for, its view hash. Blocks until `threads` threads have taken view after view.
    public func hashes(threads: Int = 1) -> [(view: String, hash: SHA256Digest)] {
        let views = states.plan.views.compactMap { states.state(of: $0) }
        // The largest first, so that no thread begins with it when the others are done.
        let left = Mutex(views.indices.sorted { (views[$0].cellCount, $0) < (views[$1].cellCount, $1) })
        let hashes = onThreads(threads) { _ in
            var hashes: [(index: Int, hash: SHA256Digest)] = []
            while let index = left.withLock({ $0.popLast() }) { hashes.append((index, views[index].viewHash)) }
            return hashes
        }
        return hashes.joined().sorted { $0.index < $1.index }.map { (views[$0.index].definition.name, $0.hash) }
            + inOrder.map { ($0.projection.name, $0.viewHash) }
    }

    /// The rows that answer `query`.
    public func rows(of definition: ViewDefinition, _ query: ViewQuery) throws(ViewError) -> [ViewRow] {
        let level = query.bucket == .minute ? BucketLevel.minute : definition.permanentLevel
        guard let state = states.state(of: definition, level: level) else {
            throw ViewError(.badQuery, "the replay did not fold \(definition.name) by the \(level.name)")
        }
        return try typed(at: definition.name) { try state.rows(query) }
    }
}

/// Views straight from the log, in memory; no store is read or changed.
public enum Replay {
    /// Folds the log under the data directory `data` into `views`. Blocks its thread.
    public static func run(
        at data: String, views: [ViewDefinition], options: ReplayOptions = ReplayOptions()
    ) throws(ViewError) -> ReplayResult {
        try run(at: data, all: views.map { .mergeable($0) }, options: options)
    }

    /// The same with views of both kinds; sequential ones are folded after the others, on one thread.
    public static func run(
        at data: String, all: [AnyView], options: ReplayOptions = ReplayOptions()
    ) throws(ViewError) -> ReplayResult {
        let views = all.compactMap { if case .mergeable(let view) = $0 { view } else { nil } }
        let projections = all.compactMap { if case .sequential(let view) = $0 { view } else { nil } }
        let clock = ContinuousClock()
        let start = clock.now
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        let bases = try ViewBases(reader)
        let (first, end) = (bases.boundary, try typed(at: data) { try reader.durable() })
        let upTo = options.upTo ?? end
        guard upTo <= end else {
            throw ViewError(.notDurableYet, "offset \(upTo) is not durable yet: the log ends at \(end)")
        }
        guard upTo >= first else {
            throw ViewError(.expired, "events below \(first) were removed by retention; offset \(upTo) cannot be replayed")
        }
        let plan = FoldPlan(views, minutes: options.minutes)
        // Minutes are not in the cache.
        var choices = FoldChoices()
        if options.usesCache, !options.minutes { choices.cache = SegmentStates(at: data, disk: RealDisk()) }
        choices.keepsStates = false
        choices.skip = { segment in
            guard let time = segment.time else { return false }
            return options.from.map { time.upperBound < $0 } ?? false || options.to.map { time.lowerBound >= $0 } ?? false
        }
        var folded = FoldedRange(states: ViewStates(plan))
        if !views.isEmpty {
            folded = try ParallelFold.run(reader, plan, first.value..<upTo.value, threads: options.threads, choices)
        }
        let completeFrom = try merge(bases, into: &folded)
        let inOrder = try foldInOrder(reader, projections, upTo, bases, &folded)
        // Percentiles are counted out here, on all threads, and not by whoever asks for a row first: what a replay is said to
        // take is the time until every answer is a look-up.
        let states = folded.states
        _ = onThreads(options.threads) { states.settle(share: $0, of: options.threads) }
        let seconds = (clock.now - start) / .seconds(1)
        return ReplayResult(
            states: folded.states, inOrder: inOrder, from: first, completeFrom: completeFrom, upTo: upTo,
            events: folded.events, segments: folded.segments, cached: folded.cached, seconds: seconds,
            damaged: folded.damaged.sorted { left, right in
                (left.offsets.lowerBound, left.bytes.lowerBound) < (right.offsets.lowerBound, right.bytes.lowerBound)
            })
    }
    /// Adds what the views were at R, and says what each knows of.
    private static func merge(_ bases: ViewBases, into folded: inout FoldedRange) throws(ViewError) -> [String: Offset] {
        var completeFrom: [String: Offset] = [:]
        for view in folded.states.plan.views {
            let (base, complete) = try bases.state(of: view)
            if bases.boundary.value > 0 { folded.states.merge(base) }
            completeFrom[view.name] = complete
        }
        return completeFrom
    }

    private static func foldInOrder(
        _ reader: LogReader, _ projections: [any SequentialProjection], _ end: Offset, _ bases: ViewBases,
        _ folded: inout FoldedRange
    ) throws(ViewError) -> [SequentialState] {
        if projections.isEmpty { return [] }
        let range = try SequentialFold.run(
            reader, projections, upTo: end, bases: bases, SequentialChoices(park: { _ in true }))
        folded.damaged.formUnion(range.damaged)
        folded.events = max(folded.events, range.events)
        return range.states.map(\.state)
    }
}
