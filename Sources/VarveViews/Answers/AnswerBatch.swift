// Several questions on their way to answers. Each gathers the state of its whole buckets, from a store or from the log, and what
// its ragged ends hold; questions that need the same pass over the log share it.

internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// One question, and what is known of its answer.
struct Ask {
    let request: ViewRequest
    var answer: ViewAnswer
    /// Of a view whose states merge.
    var mergeable: MergeableAsk?
    /// Whether nobody has looked yet where the answer comes from.
    var isOpen = true
}

/// What is folded at a ragged end.
struct EndFold: Hashable {
    /// All events of the log below count.
    var upTo: Offset
    var from: Timestamp?
    var to: Timestamp?
}

/// What answering a question about a view whose states merge takes.
struct MergeableAsk {
    let definition: ViewDefinition
    let bucket: BucketLevel
    /// Nil when the range is empty.
    let cut: BucketCut?
    /// What was found so far: whole buckets.
    var state: ViewState
    /// The ends whose events are still to be folded.
    var ends: [BucketCut.End] = []
    /// Of a question for the total of a kept view: the events from here on, up to the view's offset, are still to be folded.
    var totalBelow: Offset?
}

/// What a store says of itself at one moment.
struct KeptMoment {
    let checkpoint: Checkpoint
    let gaps: [Gap]
    let totals: KeptTotals
    /// Whether the projector is registered: one that was forgotten keeps nothing any more.
    let isKeeping: Bool
}

/// Questions that are answered together.
struct AnswerBatch {
    let reader: LogReader
    let bases: ViewBases
    let cache: SegmentStates?
    let stores: StorePool
    let path: String
    let threads: Int
    let durable: Offset
    var asks: [Ask]
    private var times: [Offset: Timestamp?] = [:]
    /// Whether totals that are kept will do.
    private var usesTotals = true

    init(_ requests: [ViewRequest], _ views: ViewAnswers, _ bases: ViewBases) throws(ViewError) {
        self.bases = bases
        (reader, cache, stores) = (views.reader, views.cache, views.stores)
        (path, threads) = (views.path, views.threads)
        let durable = try views.durable()
        self.durable = durable
        asks = []
        for request in requests { asks.append(try Ask(request, durable)) }
    }

    mutating func run() throws(ViewError) -> [ViewAnswer] {
        let requests = asks
        while try !readKept() {
            // Events that a total lacks cannot be read any more: the cells know of them.
            (asks, usesTotals) = (requests, false)
        }
        try readLog()
        try foldEnds()
        for index in asks.indices { try finish(index) }
        return asks.map(\.answer)
    }

    /// What projectors keep, those of one projector at one moment. False where it has to be done again without totals.
    private mutating func readKept() throws(ViewError) -> Bool {
        var projectors: [String] = []
        for ask in asks {
            if let name = ask.projector, !projectors.contains(name) { projectors.append(name) }
        }
        for projector in projectors {
            let own = asks.indices.filter { asks[$0].projector == projector }
            let asked = own.map { asks[$0] }
            var totals =
                usesTotals && cache != nil && asked.contains(where: \.isForTotal)
                ? try self.totals(of: projector) : KeptTotals()
            let isKeeping = try isKeeping(projector)
            let found: [Ask]
            do throws(ViewError) {
                found = try stores.read(projector) { [totals] store throws(ViewError) in
                    let moment = KeptMoment(
                        checkpoint: try store.checkpoint(), gaps: try store.gaps(), totals: totals, isKeeping: isKeeping)
                    var found: [Ask] = []
                    for ask in asked { found.append(try kept(ask, projector, store, moment)) }
                    return found
                }
            } catch let error where error.code == .noStore && !asked.contains(where: \.isStrict) {
                continue
            }
            for (index, ask) in zip(own, found) { asks[index] = ask }
            if usesTotals, cache != nil, try !moveTotals(projector, &totals) { return false }
        }
        for index in asks.indices { try splitKept(index) }
        return true
    }

    private func isKeeping(_ projector: String) throws(ViewError) -> Bool {
        if try typed(at: path, { try reader.projectors().contains(projector) }) { return true }
        // As projectors of before registrations stood in the log are known.
        return try Registry(at: path).projectors().contains { $0.name == projector }
    }

    /// A question with what the store has for it.
    private func kept(
        _ ask: Ask, _ projector: String, _ store: StoreReader, _ moment: KeptMoment
    ) throws(ViewError) -> Ask {
        var ask = ask
        guard let head = try store.head(of: ask.request.view, moment.checkpoint) else {
            // Reading it says why it is not there.
            if ask.isStrict { try store.checkKept(ask.request.view) }
            return ask
        }
        ask.isOpen = false
        ask.answer.keptBy = projector
        (ask.answer.offset, ask.answer.time) = (head.offset, head.time)
        (ask.answer.isFrozen, ask.answer.completeFrom) = (head.isFrozen || !moment.isKeeping, head.completeFrom)
        ask.answer.gaps = moment.gaps
        switch ask.request.view {
        case .mergeable(let definition):
            if moment.gaps.isEmpty, let total = total(ask, head, moment.totals) {
                ask.mergeable?.state = total.state
                ask.mergeable?.totalBelow = total.offset
            } else if ask.isForTotal {
                ask.mergeable?.state = try store.state(of: definition).total
            } else if let cut = ask.mergeable?.cut {
                // With their neighbours: where days overlap, a wider range takes one more.
                let (first, last) = (cut.buckets.lowerBound, cut.buckets.upperBound)
                let buckets = (first == .min ? first : first - 1)...(last == .max ? last : last + 1)
                ask.mergeable?.state = try store.state(of: definition, buckets: buckets)
            }
        case .sequential(let projection):
            try ask.take(try store.state(of: projection))
        }
        return ask
    }

    /// What the store did not have, or was not asked for.
    private mutating func readLog() throws(ViewError) {
        for index in asks.indices where asks[index].isOpen {
            let history = ViewHistory(reader: reader, cache: cache, threads: threads, path: path)
            let end = try history.checked(history.offset(asks[index].request.asOf ?? .now))
            asks[index].answer.offset = end
            switch asks[index].request.view {
            case .mergeable: break
            case .sequential(let projection): try foldInOrder(index, projection)
            }
        }
        try readWhole()
    }

    private mutating func foldInOrder(_ index: Int, _ projection: any SequentialProjection) throws(ViewError) {
        let isAlone = asks[index].request.source == .fold
        let snapshots = isAlone ? nil : cache.map { _ in Snapshots(at: path, disk: RealDisk()) }
        let folded = try SequentialFold.run(
            reader, [projection], upTo: asks[index].answer.offset, bases: bases,
            SequentialChoices(snapshots: snapshots, park: { _ in true }))
        asks[index].isOpen = false
        asks[index].answer.completeFrom = folded.states[0].completeFrom
        asks[index].add(folded.damaged)
        try asks[index].take(folded.states[0].state)
    }

    /// The answer to a question of which everything is known.
    private mutating func finish(_ index: Int) throws(ViewError) {
        // The store may have moved on since the log's end was looked for.
        if asks[index].answer.offset > durable { asks[index].answer.durable = try typed(at: path) { try reader.durable() } }
        if asks[index].answer.time == nil { asks[index].answer.time = try appended(below: asks[index].answer.offset) }
        try asks[index].finish()
    }

    /// The append time of the last event below `end`; nil when there is none that can be read.
    mutating func appended(below end: Offset) throws(ViewError) -> Timestamp? {
        if let known = times[end] { return known }
        let found = try typed(at: path) { try reader.appended(below: end, from: bases.boundary) }
        times[end] = found
        return found
    }
}
