// Views in memory over the whole log, together with each segment's contribution. When segments change (new, damaged, repaired,
// expired or replaced), only the changed ones are folded, and only buckets that occur in a changed segment are merged again
// from the segments that have them. All other buckets stay as they are.
//
//     parts      base │ segment 0 │ segment 1 │ segment 2 │ … │ active
//     buckets    ▪▪▪▪   ▪▪▪ 3 4     4 5 6 7     7 8 9
//                                   changed     └ 7 is merged from segments 1 and 2, 4 from 0 and 1, 5 and 6 from 1 alone
//
// The result equals that of a full replay byte for byte, because states merge exactly in any grouping and a bucket, including
// the budget of its keys, does not depend on other buckets.

internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash
public import VarveLog
public import VarveProjections

/// Views kept up to date in memory.
public struct StandingViews: Sendable {
    public let views: [ViewDefinition]
    /// The views cover the events below this offset.
    public private(set) var end = Offset(0)
    /// For each view, the first offset that it covers.
    public private(set) var completeFrom: [Offset] = []
    /// Damage met while reading.
    public var damaged: Set<DamagedRange> { parts.reduce(into: []) { $0.formUnion($1.damaged) } }
    /// The number of events covered, including those that no view uses; events in a base are not counted.
    public var events: UInt64 { parts.reduce(0) { $0 + $1.events } }

    private let reader: LogReader
    private let cache: SegmentStates?
    private let threads: Int
    private let plan: FoldPlan
    private let isStopped: @Sendable () -> Bool
    private var parts: [LogPart] = []
    private var states: [ViewState]

    /// Opens the log in the data directory `data` and folds all of it, or loads states from `states/`.
    public static func open(
        at data: String, views: [ViewDefinition], threads: Int = 2, usesCache: Bool = true
    ) throws(ViewError) -> StandingViews {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        var standing = StandingViews(
            reader, views, threads: threads, cache: usesCache ? SegmentStates(at: data, disk: RealDisk()) : nil)
        try standing.update()
        return standing
    }

    /// Empty views, before the first update.
    init(
        _ reader: LogReader, _ views: [ViewDefinition], threads: Int, cache: SegmentStates?,
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) {
        self.reader = reader
        self.views = views
        self.cache = cache
        self.threads = threads
        self.isStopped = isStopped
        plan = FoldPlan(views)
        states = views.map { ViewState($0) }
    }

    /// The state of one of the views, at its permanent level.
    public func state(of view: ViewDefinition) -> ViewState? {
        views.firstIndex(of: view).map { states[$0] }
    }

    /// Brings the views up to date with the log and its watermark.
    @discardableResult
    public mutating func update() throws(ViewError) -> StandingUpdate {
        let durable = try typed(at: "log") { try reader.durable() }
        return try update(upTo: durable)
    }

    /// The same up to `end`, which may be before the current end.
    @discardableResult
    mutating func update(upTo end: Offset) throws(ViewError) -> StandingUpdate {
        do {
            return try update(upTo: end, cache)
        } catch let error where error.code == .damaged && cache != nil {
            // A cached state does not parse although its hash matches: start again from the log alone.
            (parts, states) = ([], views.map { ViewState($0) })
            return try update(upTo: end, nil)
        } catch let error where error.code == .expired {
            // Retention moved R after the bases were read and before the segments were: try again with the new bases.
            return try update(upTo: end, cache)
        }
    }

    private mutating func update(upTo end: Offset, _ cache: SegmentStates?) throws(ViewError) -> StandingUpdate {
        let bases = try ViewBases(reader)
        let segments = try typed(at: "log") { try reader.segments() }
        let range = bases.boundary.value..<max(end.value, bases.boundary.value)
        let known = Dictionary(parts.map { ($0.id, $0) }) { first, _ in first }
        let wanted = WantedPart.all(segments, range, known: Set(known.keys))
        var done = StandingUpdate(parts: wanted.count)
        var made: [LogPart] = []
        if bases.boundary.value > 0 {
            done.parts += 1
            if let base = known[.base(bases.boundary)] { made.append(base) } else { made.append(try base(bases)) }
        }
        for part in try take(wanted, known, segments, cache, &done) { made.append(part) }
        // Two segments with equal events are two parts with one id, and both count.
        try merge(from: parts, to: made, &done)
        parts = made
        self.end = Offset(range.upperBound)
        completeFrom = []
        for view in views { completeFrom.append(try bases.state(of: view, buckets: .min ... .min).completeFrom) }
        return done
    }

    private func base(_ bases: ViewBases) throws(ViewError) -> LogPart {
        var sections: [StateSection] = []
        for view in views { sections.append(try bases.state(of: view).state.section(at: view.permanentLevel)) }
        return LogPart(id: .base(bases.boundary), range: 0..<bases.boundary.value, sections: sections)
    }

    // MARK: Parts

    /// The wanted parts: known ones, those in the cache, and the rest folded.
    private func take(
        _ wanted: [WantedPart], _ known: [LogPart.ID: LogPart], _ segments: [SegmentInfo], _ cache: SegmentStates?,
        _ done: inout StandingUpdate
    ) throws(ViewError) -> [LogPart] {
        var taken = wanted.map { known[$0.id] }
        let missing = wanted.indices.filter { taken[$0] == nil }
        if let cache, !missing.isEmpty {
            let count = max(1, min(threads, missing.count / 4))
            let loaded = onThreads(count) { thread in
                missing.indices.filter { $0 % count == thread }.map { (missing[$0], load(wanted[missing[$0]], cache)) }
            }
            for (index, part) in loaded.joined() where part != nil {
                taken[index] = part
                done.cached += 1
            }
        }
        for (index, part) in try folded(wanted, wanted.indices.filter { taken[$0] == nil }, segments, cache) {
            taken[index] = part
            done.folded += 1
            done.events += part.events
        }
        return zip(wanted, taken).compactMap { wanted, part in
            guard var part else { preconditionFailure("a part of the log was neither known nor folded") }
            part.range = wanted.range
            return part
        }
    }

    /// Folds parts: each on a thread of its own if there are many, else each on all threads.
    private func folded(
        _ wanted: [WantedPart], _ missing: [Int], _ segments: [SegmentInfo], _ cache: SegmentStates?
    ) throws(ViewError) -> [(Int, LogPart)] {
        let count = missing.count >= threads * 2 ? max(1, threads) : 1
        let results = onThreads(count) { thread in
            Result { () throws(ViewError) -> [(Int, LogPart)] in
                var made: [(Int, LogPart)] = []
                for place in missing.indices where place % count == thread {
                    let part = try fold(wanted[missing[place]], segments, cache, threads: count > 1 ? 1 : threads)
                    made.append((missing[place], part))
                }
                return made
            }
        }
        var made: [(Int, LogPart)] = []
        for result in results { made += try result.get() }
        return made
    }

    private func load(_ wanted: WantedPart, _ cache: SegmentStates) -> LogPart? {
        guard case .content(let content) = wanted.id, let file = cache.open(content) else { return nil }
        var sections: [StateSection] = []
        for (view, print) in zip(views, fingerprints) {
            guard let section = file.section(print, view.permanentLevel, .min ... .max) else { return nil }
            sections.append(section)
        }
        return LogPart(id: wanted.id, range: wanted.range, sections: sections, events: wanted.rows)
    }

    private var fingerprints: [[UInt8]] { views.map(\.cellFingerprint.bytes) }

    private func fold(
        _ wanted: WantedPart, _ segments: [SegmentInfo], _ cache: SegmentStates?, threads: Int
    ) throws(ViewError) -> LogPart {
        let folded = try ParallelFold.run(
            reader, plan, wanted.range, threads: threads, FoldChoices(isStopped: isStopped), known: segments)
        if case .content(let content) = wanted.id, folded.damaged.isEmpty, folded.events == wanted.rows {
            cache?.save(content, folded.states)
        }
        let states = views.compactMap { folded.states.state(of: $0)?.exactlyFolded() }
        let shares = onThreads(max(1, threads)) { share in states.map { $0.section(share: share, of: max(1, threads)) } }
        let sections = views.indices.map { view in StateSection(joining: shares.map { $0[view] }) }
        return LogPart(
            id: wanted.id, range: wanted.range, sections: sections, events: folded.events, damaged: folded.damaged)
    }

    // MARK: Buckets

    /// Merges the buckets again that differ between two lists of parts.
    private mutating func merge(from old: [LogPart], to new: [LogPart], _ done: inout StandingUpdate) throws(ViewError) {
        let changed = ChangedBuckets(from: old, to: new, views: views.count)
        done.removed = changed.removed
        done.buckets = changed.buckets.reduce(0) { $0 + $1.count }
        guard done.buckets > 0 else { return }
        // Each thread merges its own share of the buckets.
        let count = done.buckets < 8 ? 1 : max(1, threads)
        let (views, buckets) = (views, changed.buckets.map { $0.sorted() })
        let results = onThreads(count) { thread in
            Result { () throws(StateError) -> [ViewState] in
                var made: [ViewState] = []
                for (index, view) in views.enumerated() {
                    let share = (buckets[index].count + count - 1) / count
                    let own = Set(buckets[index].dropFirst(thread * share).prefix(share))
                    made.append(try Self.merged(view, index, own, new))
                }
                return made
            }
        }
        for (thread, result) in results.enumerated() {
            let made = try typed(at: "states") { try result.get() }
            for (index, fresh) in made.enumerated() { states[index].replace(thread == 0 ? buckets[index] : [], by: fresh) }
        }
    }

    private static func merged(
        _ view: ViewDefinition, _ index: Int, _ buckets: Set<Int64>, _ parts: [LogPart]
    ) throws(StateError) -> ViewState {
        let level = view.permanentLevel
        var merger = SectionMerger(view, level: level)
        if let first = buckets.min(), let last = buckets.max() {
            for part in parts {
                let section = part.sections[index]
                for place in StateSection.places(of: first...last, in: section.buckets)
                where buckets.contains(section.buckets[place].number) {
                    try merger.merge(section, section.buckets[place], at: level)
                }
            }
        }
        let state = merger.finished()
        state.settle()
        return state
    }
}
