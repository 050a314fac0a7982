internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Whole buckets and partial ends of views whose states merge.
extension AnswerBatch {
    /// Reduces a state from a store to the whole buckets of the range.
    mutating func trimToWholeBuckets(_ index: Int) throws(ViewError) {
        guard pending[index].answer.keptBy != nil, let kept = pending[index].mergeable?.state else { return }
        let whole = try resolveEnds(index, kept)
        pending[index].mergeable?.state = whole.map { kept.keeping($0) } ?? ViewState(kept.definition)
    }

    /// Decides which partial ends of the range are folded. Where an end's events have expired, widens the range to whole
    /// buckets. Returns the buckets that are taken whole.
    private mutating func resolveEnds(_ index: Int, _ kept: ViewState?) throws(ViewError) -> ClosedRange<Int64>? {
        guard let definition = pending[index].mergeable?.definition, var cut = pending[index].mergeable?.cut else { return nil }
        while true {
            var ends: [BucketCut.End] = []
            var isWider = false
            for end in cut.ends {
                if let kept, kept.keeping(end.buckets).cellCount == 0 { continue }
                if try canFold(end, definition, completeFrom: kept == nil ? nil : pending[index].answer.completeFrom) {
                    ends.append(end)
                } else {
                    try widen(index, end, definition)
                    isWider = true
                }
            }
            guard isWider else {
                pending[index].mergeable?.ends = ends
                return cut.whole
            }
            // A wider range may cut other buckets, where buckets of a time zone overlap.
            guard let wider = definition.cut(from: pending[index].answer.from, to: pending[index].answer.to) else { return nil }
            cut = wider
        }
    }

    /// Whether all events of a partial end are still in the log. That is so if the base has no cells in its buckets and the
    /// kept view does not reach further back than the base.
    private func canFold(
        _ end: BucketCut.End, _ definition: ViewDefinition, completeFrom: Offset?
    ) throws(ViewError) -> Bool {
        guard bases.boundary.value > 0 else { return true }
        let base = try bases.state(of: definition, buckets: end.buckets)
        return base.state.cellCount == 0 && base.completeFrom <= completeFrom ?? base.completeFrom
    }

    /// Widens the range to the whole buckets of an end and marks the answer; throws if the request does not allow it.
    private mutating func widen(_ index: Int, _ end: BucketCut.End, _ definition: ViewDefinition) throws(ViewError) {
        guard pending[index].request.mayWiden else {
            throw ViewError(
                .expired,
                "the range begins or ends within a \(definition.permanentLevel.name) of \(definition.name) whose events have "
                    + "expired; take whole ones, in \(definition.zone.name)")
        }
        let spans = end.buckets.map { definition.zone.span(of: $0, definition.permanentLevel) }
        let start = spans.map(\.lowerBound).min() ?? .min
        let stop = spans.map(\.upperBound).max() ?? .max
        let answer = pending[index].answer
        if let from = answer.from, from.nanoseconds > start {
            pending[index].answer.from = start == .min ? nil : Timestamp(nanoseconds: start)
        }
        if let to = answer.to, to.nanoseconds < stop {
            pending[index].answer.to = stop == .max ? nil : Timestamp(nanoseconds: stop)
        }
        pending[index].answer.isOtherRange = true
    }

    /// Reads whole buckets from the log: from base and segment states where possible, else by folding the exact range.
    mutating func readWhole() throws(ViewError) {
        var together: [Offset: [(index: Int, buckets: ClosedRange<Int64>)]] = [:]
        for index in pending.indices where pending[index].isOpen {
            guard let mergeable = pending[index].mergeable else { continue }
            pending[index].isOpen = false
            let complete =
                bases.boundary.value == 0 || pending[index].request.source == .fold
                ? bases.boundary : try bases.state(of: mergeable.definition, buckets: .min ... .min).completeFrom
            pending[index].answer.completeFrom = complete
            guard mergeable.cut != nil else { continue }
            if pending[index].request.source == .fold || mergeable.bucket < mergeable.definition.permanentLevel {
                try foldAlone(index, mergeable)
                continue
            }
            if let whole = try resolveEnds(index, nil) {
                together[pending[index].answer.offset, default: []].append((index, whole))
            }
        }
        for (end, questions) in together.sorted(by: { $0.key < $1.key }) {
            if questions.count == 1 { try readCells(questions[0].index, questions[0].buckets) } else { try fold(questions, end) }
        }
    }

    /// A single query: reads only the cells it needs.
    private mutating func readCells(_ index: Int, _ buckets: ClosedRange<Int64>) throws(ViewError) {
        guard let mergeable = pending[index].mergeable else { return }
        let requested = RequestedCells(mergeable.definition, mergeable.bucket, buckets)
        let cells = CellsAsOf(reader, mergeable.definition, requested, threads: threads, cache)
        let end = pending[index].answer.offset
        let found = try cells.state(below: end, bases)
        pending[index].mergeable?.state = found.state
        pending[index].add(found.damaged)
    }

    /// Several queries: one pass for all of them.
    private mutating func fold(
        _ questions: [(index: Int, buckets: ClosedRange<Int64>)], _ end: Offset
    ) throws(ViewError) {
        var views: [ViewDefinition] = []
        for question in questions {
            if let view = pending[question.index].mergeable?.definition, !views.contains(view) { views.append(view) }
        }
        var choices = FoldChoices(cache: cache)
        choices.keepsStates = false
        let folded = try ParallelFold.run(
            reader, FoldPlan(views), bases.boundary.value..<max(end.value, bases.boundary.value), threads: threads, choices)
        let states = folded.states
        _ = onThreads(threads) { [threads] in states.settle(share: $0, of: threads) }
        for question in questions {
            guard let view = pending[question.index].mergeable?.definition, let fresh = states.state(of: view) else { continue }
            var state = try bases.state(of: view, buckets: question.buckets).state
            state.merge(fresh.keeping(question.buckets))
            pending[question.index].mergeable?.state = state
            pending[question.index].add(folded.damaged)
        }
    }

    /// Folds the exact range at the requested bucket: for minutes, and for definitions that no projector keeps.
    private mutating func foldAlone(_ index: Int, _ mergeable: MergeableAnswer) throws(ViewError) {
        if pending[index].request.source != .fold { try skipExpired(index, mergeable) }
        let answer = pending[index].answer
        let plan = FoldPlan(mergeable.definition, level: mergeable.bucket)
        let folded = try fold(plan, [mergeable.definition], EndFold(upTo: answer.offset, from: answer.from, to: answer.to))
        pending[index].mergeable?.state = folded.states.all[0]
        pending[index].add(folded.damaged)
    }

    /// Moves the start of the range past the last bucket in the base, because its minutes have been merged and are gone.
    private mutating func skipExpired(_ index: Int, _ mergeable: MergeableAnswer) throws(ViewError) {
        guard bases.boundary.value > 0, let cut = mergeable.cut else { return }
        let definition = mergeable.definition
        guard let last = try bases.state(of: definition, buckets: cut.buckets).state.buckets.last else { return }
        let begin = Timestamp(nanoseconds: definition.zone.span(of: last, definition.permanentLevel).upperBound)
        guard pending[index].request.mayWiden, pending[index].answer.to.map({ begin < $0 }) ?? true else {
            throw ViewError(
                .expired,
                "the \(mergeable.bucket.name)s of \(definition.name) in this range have expired; its "
                    + "\(definition.permanentLevel.name)s are kept")
        }
        (pending[index].answer.from, pending[index].answer.isOtherRange) = (begin, true)
    }

    /// Folds the events of partial ends. Queries with the same end share a pass.
    mutating func foldEnds() throws(ViewError) {
        var wanted: [EndFold: [(index: Int, end: BucketCut.End)]] = [:]
        var order: [EndFold] = []
        for index in pending.indices {
            for end in pending[index].mergeable?.ends ?? [] {
                let key = EndFold(upTo: pending[index].answer.offset, from: end.from, to: end.to)
                if wanted[key] == nil { order.append(key) }
                wanted[key, default: []].append((index, end))
            }
        }
        for key in order {
            let own = wanted[key] ?? []
            var views: [ViewDefinition] = []
            for (index, _) in own {
                if let view = pending[index].mergeable?.definition, !views.contains(view) { views.append(view) }
            }
            let folded = try fold(FoldPlan(views), views, key)
            for (index, end) in own {
                guard let mergeable = pending[index].mergeable, let state = folded.states.state(of: mergeable.definition) else {
                    continue
                }
                pending[index].mergeable?.state.merge(state.keeping(end.buckets).coarsened(to: mergeable.state.level))
                pending[index].add(folded.damaged)
            }
        }
    }

    /// Folds the events of a range of event times.
    func fold(_ plan: FoldPlan, _ views: [ViewDefinition], _ range: EndFold) throws(ViewError) -> FoldedRange {
        let offsets = bases.boundary.value..<max(range.upTo.value, bases.boundary.value)
        var choices = FoldChoices()
        (choices.filter.from, choices.filter.to) = (range.from, range.to)
        if !choices.filter.isEmpty {
            let signals = views.map { $0.signals.names + $0.signals.prefixes.map { $0 + "*" } }
            if !signals.contains([]) { choices.filter.signals = Array(Set(signals.joined())).sorted() }
            let (from, to) = (range.from, range.to)
            choices.skip = { segment in
                guard let time = segment.time else { return false }
                return from.map { time.upperBound < $0 } ?? false || to.map { time.lowerBound >= $0 } ?? false
            }
        }
        return try ParallelFold.run(reader, plan, offsets, threads: threads, choices)
    }
}
