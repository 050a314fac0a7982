internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Whole buckets and ragged ends of views whose states merge.
extension AnswerBatch {
    /// Of what a store gave the whole buckets of the range.
    mutating func splitKept(_ index: Int) throws(ViewError) {
        guard asks[index].answer.keptBy != nil, let kept = asks[index].mergeable?.state else { return }
        let whole = try settleRange(index, kept)
        asks[index].mergeable?.state = whole.map { kept.keeping($0) } ?? ViewState(kept.definition)
    }

    /// Decides what of the range's ends is folded, and widens the range until none is left that cannot be. Returns the buckets
    /// that are taken whole.
    private mutating func settleRange(_ index: Int, _ kept: ViewState?) throws(ViewError) -> ClosedRange<Int64>? {
        guard let definition = asks[index].mergeable?.definition, var cut = asks[index].mergeable?.cut else { return nil }
        while true {
            var ends: [BucketCut.End] = []
            var isWider = false
            for end in cut.ends {
                if let kept, kept.keeping(end.buckets).cellCount == 0 { continue }
                if try canFold(end, definition, completeFrom: kept == nil ? nil : asks[index].answer.completeFrom) {
                    ends.append(end)
                } else {
                    try widen(index, end, definition)
                    isWider = true
                }
            }
            guard isWider else {
                asks[index].mergeable?.ends = ends
                return cut.whole
            }
            // Of a wider range other buckets may be cut, where those of a zone overlap.
            guard let wider = definition.cut(from: asks[index].answer.from, to: asks[index].answer.to) else { return nil }
            cut = wider
        }
    }

    /// Whether the events of an end are all in the log still. They are where the base has nothing in its buckets; a kept view
    /// that knows of more than the base may hold what is in neither.
    private func canFold(
        _ end: BucketCut.End, _ definition: ViewDefinition, completeFrom: Offset?
    ) throws(ViewError) -> Bool {
        guard bases.boundary.value > 0 else { return true }
        let base = try bases.state(of: definition, buckets: end.buckets)
        return base.state.cellCount == 0 && base.completeFrom <= completeFrom ?? base.completeFrom
    }

    /// Widens the range to all of an end's buckets, and says so; or refuses.
    private mutating func widen(_ index: Int, _ end: BucketCut.End, _ definition: ViewDefinition) throws(ViewError) {
        guard asks[index].request.mayWiden else {
            throw ViewError(
                .expired,
                "the range begins or ends within a \(definition.permanentLevel.name) of \(definition.name) whose events have "
                    + "expired; take whole ones, in \(definition.zone.name)")
        }
        let spans = end.buckets.map { definition.zone.span(of: $0, definition.permanentLevel) }
        let start = spans.map(\.lowerBound).min() ?? .min
        let stop = spans.map(\.upperBound).max() ?? .max
        let answer = asks[index].answer
        if let from = answer.from, from.nanoseconds > start {
            asks[index].answer.from = start == .min ? nil : Timestamp(nanoseconds: start)
        }
        if let to = answer.to, to.nanoseconds < stop {
            asks[index].answer.to = stop == .max ? nil : Timestamp(nanoseconds: stop)
        }
        asks[index].answer.isOtherRange = true
    }

    /// Whole buckets from the log: from base and segment states where they count, else by folding the range as it is.
    mutating func readWhole() throws(ViewError) {
        var together: [Offset: [(index: Int, buckets: ClosedRange<Int64>)]] = [:]
        for index in asks.indices where asks[index].isOpen {
            guard let mergeable = asks[index].mergeable else { continue }
            asks[index].isOpen = false
            let complete =
                bases.boundary.value == 0 || asks[index].request.source == .fold
                ? bases.boundary : try bases.state(of: mergeable.definition, buckets: .min ... .min).completeFrom
            asks[index].answer.completeFrom = complete
            guard mergeable.cut != nil else { continue }
            if asks[index].request.source == .fold || mergeable.bucket < mergeable.definition.permanentLevel {
                try foldAlone(index, mergeable)
                continue
            }
            if let whole = try settleRange(index, nil) { together[asks[index].answer.offset, default: []].append((index, whole)) }
        }
        for (end, questions) in together.sorted(by: { $0.key < $1.key }) {
            if questions.count == 1 { try readCells(questions[0].index, questions[0].buckets) } else { try fold(questions, end) }
        }
    }

    /// One question: the cells it needs.
    private mutating func readCells(_ index: Int, _ buckets: ClosedRange<Int64>) throws(ViewError) {
        guard let mergeable = asks[index].mergeable else { return }
        let asked = AskedCells(mergeable.definition, mergeable.bucket, buckets)
        let cells = CellsAsOf(reader, mergeable.definition, asked, threads: threads, cache)
        let end = asks[index].answer.offset
        let found = try cells.state(below: end, bases)
        asks[index].mergeable?.state = found.state
        asks[index].add(found.damaged)
    }

    /// Several questions: one pass for all of them.
    private mutating func fold(
        _ questions: [(index: Int, buckets: ClosedRange<Int64>)], _ end: Offset
    ) throws(ViewError) {
        var views: [ViewDefinition] = []
        for question in questions {
            if let view = asks[question.index].mergeable?.definition, !views.contains(view) { views.append(view) }
        }
        var choices = FoldChoices(cache: cache)
        choices.keepsStates = false
        let folded = try ParallelFold.run(
            reader, FoldPlan(views), bases.boundary.value..<max(end.value, bases.boundary.value), threads: threads, choices)
        let states = folded.states
        _ = onThreads(threads) { [threads] in states.settle(share: $0, of: threads) }
        for question in questions {
            guard let view = asks[question.index].mergeable?.definition, let fresh = states.state(of: view) else { continue }
            var state = try bases.state(of: view, buckets: question.buckets).state
            state.merge(fresh.keeping(question.buckets))
            asks[question.index].mergeable?.state = state
            asks[question.index].add(folded.damaged)
        }
    }

    /// The range as it is, folded at the bucket asked for: minutes, and definitions that nobody keeps.
    private mutating func foldAlone(_ index: Int, _ mergeable: MergeableAsk) throws(ViewError) {
        if asks[index].request.source != .fold { try leaveExpired(index, mergeable) }
        let answer = asks[index].answer
        let plan = FoldPlan(mergeable.definition, level: mergeable.bucket)
        let folded = try fold(plan, [mergeable.definition], EndFold(upTo: answer.offset, from: answer.from, to: answer.to))
        asks[index].mergeable?.state = folded.states.all[0]
        asks[index].add(folded.damaged)
    }

    /// Minutes of what a base has merged into hours are gone: the range begins behind the last such bucket.
    private mutating func leaveExpired(_ index: Int, _ mergeable: MergeableAsk) throws(ViewError) {
        guard bases.boundary.value > 0, let cut = mergeable.cut else { return }
        let definition = mergeable.definition
        guard let last = try bases.state(of: definition, buckets: cut.buckets).state.buckets.last else { return }
        let begin = Timestamp(nanoseconds: definition.zone.span(of: last, definition.permanentLevel).upperBound)
        guard asks[index].request.mayWiden, asks[index].answer.to.map({ begin < $0 }) ?? true else {
            throw ViewError(
                .expired,
                "the \(mergeable.bucket.name)s of \(definition.name) in this range have expired; its "
                    + "\(definition.permanentLevel.name)s are kept")
        }
        (asks[index].answer.from, asks[index].answer.isOtherRange) = (begin, true)
    }

    /// The events of ragged ends. Questions with the same end share a pass.
    mutating func foldEnds() throws(ViewError) {
        var wanted: [EndFold: [(index: Int, end: BucketCut.End)]] = [:]
        var order: [EndFold] = []
        for index in asks.indices {
            for end in asks[index].mergeable?.ends ?? [] {
                let key = EndFold(upTo: asks[index].answer.offset, from: end.from, to: end.to)
                if wanted[key] == nil { order.append(key) }
                wanted[key, default: []].append((index, end))
            }
        }
        for key in order {
            let own = wanted[key] ?? []
            var views: [ViewDefinition] = []
            for (index, _) in own {
                if let view = asks[index].mergeable?.definition, !views.contains(view) { views.append(view) }
            }
            let folded = try fold(FoldPlan(views), views, key)
            for (index, end) in own {
                guard let mergeable = asks[index].mergeable, let state = folded.states.state(of: mergeable.definition) else {
                    continue
                }
                asks[index].mergeable?.state.merge(state.keeping(end.buckets).coarsened(to: mergeable.state.level))
                asks[index].add(folded.damaged)
            }
        }
    }

    /// Folds the events of a range of event time.
    private func fold(_ plan: FoldPlan, _ views: [ViewDefinition], _ range: EndFold) throws(ViewError) -> FoldedRange {
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
