// Answers several queries together. Each collects the state of its whole buckets, from a store or from the log, and of its
// partial ends; queries that need the same pass over the log share it.

internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// One request and its answer so far.
struct PendingAnswer {
    let request: ViewRequest
    var answer: ViewAnswer
    /// For a view whose states merge.
    var mergeable: MergeableAnswer?
    /// Buckets of local time that occur twice.
    var repeated: [RepeatedBuckets] = []
    /// Whether the source of the answer has not been determined yet.
    var isOpen = true
}

/// The events to fold for a partial end.
struct EndFold: Hashable {
    /// All events of the log below this offset count.
    var upTo: Offset
    var from: Timestamp?
    var to: Timestamp?
}

/// The intermediate results for a view whose states merge.
struct MergeableAnswer {
    let definition: ViewDefinition
    let bucket: BucketLevel
    /// Nil when the range is empty.
    let cut: BucketCut?
    /// The state found so far, of whole buckets.
    var state: ViewState
    /// The partial ends whose events are still to be folded.
    var ends: [BucketCut.End] = []
    /// For a total query: the events from this offset to the view's offset are still to be folded.
    var totalBelow: Offset?
}

/// The identity of a store and the position it had been folded to when the answers were read.
struct StoreInfo {
    let checkpoint: Checkpoint
    let gaps: [Gap]
    let totals: KeptTotals
    /// Whether the projector is registered. A projector that was forgotten no longer maintains its views.
    let isKeeping: Bool
}

/// Requests that are answered together.
struct AnswerBatch {
    let reader: LogReader
    let bases: ViewBases
    let cache: SegmentStates?
    let stores: StorePool
    let path: String
    let threads: Int
    let durable: Offset
    var pending: [PendingAnswer]
    private var times: [Offset: Timestamp?] = [:]
    /// Whether stored totals may be used.
    private var usesTotals = true

    init(_ requests: [ViewRequest], _ views: ViewAnswers, _ bases: ViewBases) throws(ViewError) {
        self.bases = bases
        (reader, cache, stores) = (views.reader, views.cache, views.stores)
        (path, threads) = (views.path, views.threads)
        let durable = try views.durable()
        self.durable = durable
        pending = []
        for request in requests { pending.append(try PendingAnswer(request, durable)) }
    }

    mutating func run() throws(ViewError) -> [ViewAnswer] {
        let requests = pending
        while try !readKept() {
            // Events missing in a total can no longer be read, but the cells contain them.
            (pending, usesTotals) = (requests, false)
        }
        try readLog()
        try foldEnds()
        for index in pending.indices { try foldRepeated(index) }
        for index in pending.indices { try finish(index) }
        return pending.map(\.answer)
    }

    /// Reads what projectors keep, each store in one transaction. Returns false if it must be repeated without totals.
    private mutating func readKept() throws(ViewError) -> Bool {
        var projectors: [String] = []
        for entry in pending {
            if let name = entry.projector, !projectors.contains(name) { projectors.append(name) }
        }
        for projector in projectors {
            let own = pending.indices.filter { pending[$0].projector == projector }
            let entries = own.map { pending[$0] }
            var totals =
                usesTotals && cache != nil && entries.contains(where: \.isTotalQuery)
                ? try self.totals(of: projector) : KeptTotals()
            let isKeeping = try isKeeping(projector)
            let found: [PendingAnswer]
            do throws(ViewError) {
                found = try stores.read(projector) { [totals] store throws(ViewError) in
                    let info = StoreInfo(
                        checkpoint: try store.checkpoint(), gaps: try store.gaps(), totals: totals, isKeeping: isKeeping)
                    var found: [PendingAnswer] = []
                    for entry in entries { found.append(try kept(entry, projector, store, info)) }
                    return found
                }
            } catch let error where error.code == .noStore && !entries.contains(where: \.isStrict) {
                continue
            }
            for (index, entry) in zip(own, found) { pending[index] = entry }
            if usesTotals, cache != nil, try !advanceTotals(projector, &totals) { return false }
        }
        for index in pending.indices { try trimToWholeBuckets(index) }
        return true
    }

    private func isKeeping(_ projector: String) throws(ViewError) -> Bool {
        if try typed(at: path, { try reader.projectors().contains(projector) }) { return true }
        // Projectors that registered before the manifest listed them are only in the registry.
        return try Registry(at: path).projectors().contains { $0.name == projector }
    }

    /// Fills in what the store has for a request.
    private func kept(
        _ entry: PendingAnswer, _ projector: String, _ store: StoreReader, _ info: StoreInfo
    ) throws(ViewError) -> PendingAnswer {
        var entry = entry
        guard let head = try store.head(of: entry.request.view, info.checkpoint) else {
            // Reading it throws an error that says why.
            if entry.isStrict { try store.checkKept(entry.request.view) }
            return entry
        }
        entry.isOpen = false
        entry.answer.keptBy = projector
        (entry.answer.offset, entry.answer.time) = (head.offset, head.time)
        (entry.answer.isFrozen, entry.answer.completeFrom) = (head.isFrozen || !info.isKeeping, head.completeFrom)
        entry.answer.gaps = info.gaps
        switch entry.request.view {
        case .mergeable(let definition):
            if info.gaps.isEmpty, let total = total(entry, head, info.totals) {
                entry.mergeable?.state = total.state
                entry.mergeable?.totalBelow = total.offset
            } else if entry.isTotalQuery {
                entry.mergeable?.state = try store.state(of: definition).total
            } else if let cut = entry.mergeable?.cut {
                // Read one bucket more on each side: where days overlap, a widened range needs it.
                let (first, last) = (cut.buckets.lowerBound, cut.buckets.upperBound)
                let buckets = (first == .min ? first : first - 1)...(last == .max ? last : last + 1)
                entry.mergeable?.state = try store.state(of: definition, buckets: buckets)
            }
        case .sequential(let projection):
            try entry.take(try store.state(of: projection))
        }
        return entry
    }

    /// Answers from the log what the store did not have or was not asked for.
    private mutating func readLog() throws(ViewError) {
        for index in pending.indices where pending[index].isOpen {
            let history = ViewHistory(reader: reader, cache: cache, threads: threads, path: path)
            let end = try history.checked(history.offset(pending[index].request.asOf ?? .now))
            pending[index].answer.offset = end
            switch pending[index].request.view {
            case .mergeable: break
            case .sequential(let projection): try foldSequential(index, projection)
            }
        }
        try readWhole()
    }

    private mutating func foldSequential(_ index: Int, _ projection: any SequentialProjection) throws(ViewError) {
        let isAlone = pending[index].request.source == .fold
        let snapshots = isAlone ? nil : cache.map { _ in Snapshots(at: path, disk: RealDisk()) }
        let folded = try SequentialFold.run(
            reader, [projection], upTo: pending[index].answer.offset, bases: bases,
            SequentialChoices(snapshots: snapshots, park: { _ in true }))
        pending[index].isOpen = false
        pending[index].answer.completeFrom = folded.states[0].completeFrom
        pending[index].add(folded.damaged)
        try pending[index].take(folded.states[0].state)
    }

    /// Completes an answer once all states are collected.
    private mutating func finish(_ index: Int) throws(ViewError) {
        // The store may have advanced since the end of the log was read.
        if pending[index].answer.offset > durable { pending[index].answer.durable = try typed(at: path) { try reader.durable() } }
        if pending[index].answer.time == nil { pending[index].answer.time = try appended(below: pending[index].answer.offset) }
        try pending[index].finish()
    }

    /// The append time of the last event below `end`; nil when there is none or it cannot be read.
    mutating func appended(below end: Offset) throws(ViewError) -> Timestamp? {
        if let known = times[end] { return known }
        let found = try typed(at: path) { try reader.appended(below: end, from: bases.boundary) }
        times[end] = found
        return found
    }
}
