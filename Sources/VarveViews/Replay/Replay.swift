internal import Synchronization
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
public import VarveProjections

/// Computes views directly from the log, in memory, without reading or changing a store.
public enum Replay {
    /// Folds the log in the data directory `data` into `views`. Blocks the calling thread.
    public static func run(
        at data: String, views: [ViewDefinition], options: ReplayOptions = ReplayOptions()
    ) throws(ViewError) -> ReplayResult {
        try run(at: data, all: views.map { .mergeable($0) }, options: options)
    }

    /// The same for views of both kinds; sequential ones are folded after the others, on one thread.
    public static func run(
        at data: String, all: [AnyView], options: ReplayOptions = ReplayOptions()
    ) throws(ViewError) -> ReplayResult {
        let views = all.compactMap { if case .mergeable(let view) = $0 { view } else { nil } }
        let projections = all.compactMap { if case .sequential(let view) = $0 { view } else { nil } }
        let start = ContinuousClock().now
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        return try ViewBases.with(reader) { bases throws(ViewError) in
            try run(reader, at: data, views, projections, options, bases, since: start)
        }
    }

    private static func run(
        _ reader: LogReader, at data: String, _ views: [ViewDefinition], _ projections: [any SequentialProjection],
        _ options: ReplayOptions, _ bases: ViewBases, since start: ContinuousClock.Instant
    ) throws(ViewError) -> ReplayResult {
        let (first, end) = (bases.boundary, try typed(at: data) { try reader.durable() })
        let upTo = options.upTo ?? end
        guard upTo <= end else {
            throw ViewError(.notDurableYet, "offset \(upTo) is not durable yet: the log ends at \(end)")
        }
        guard upTo >= first else {
            throw ViewError(.expired, "events below \(first) were removed by retention; offset \(upTo) cannot be replayed")
        }
        let plan = FoldPlan(views, minutes: options.minutes)
        // Minutes are not cached.
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
        let sequential = try foldSequential(reader, projections, upTo, bases, &folded)
        // Compute percentiles here on all threads rather than when a row is first read, so that the measured time of a replay
        // is the time until every answer is a lookup.
        let states = folded.states
        _ = onThreads(options.threads) { states.settle(share: $0, of: options.threads) }
        let seconds = (ContinuousClock().now - start) / .seconds(1)
        return ReplayResult(
            states: folded.states, sequential: sequential, from: first, completeFrom: completeFrom, upTo: upTo,
            events: folded.events, segments: folded.segments, cached: folded.cached, seconds: seconds,
            damaged: folded.damaged.sorted { left, right in
                (left.offsets.lowerBound, left.bytes.lowerBound) < (right.offsets.lowerBound, right.bytes.lowerBound)
            })
    }

    /// Merges the bases into the states, and returns the first offset that each view covers.
    private static func merge(_ bases: ViewBases, into folded: inout FoldedRange) throws(ViewError) -> [String: Offset] {
        var completeFrom: [String: Offset] = [:]
        for view in folded.states.plan.views {
            let (base, complete) = try bases.state(of: view)
            if bases.boundary.value > 0 { folded.states.merge(base) }
            completeFrom[view.name] = complete
        }
        return completeFrom
    }

    private static func foldSequential(
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
