internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Questions for the total of a kept view: all of its time, no dimension, no filter.
extension AnswerBatch {
    /// Events that a total is moved on by at most; beyond, its view's cells are read.
    private static let foldsMost: UInt64 = 4_000_000

    /// The totals of a projector that are of this log.
    mutating func totals(of projector: String) throws(ViewError) -> KeptTotals {
        var totals = KeptTotals(RealDisk(), ViewPaths(path), projector)
        for (view, total) in totals.all {
            guard total.offset >= bases.boundary, total.offset <= durable else {
                totals.drop(view)
                continue
            }
            let stamp = try appended(below: total.offset)
            if stamp == nil || stamp != total.stamp { totals.drop(view) }
        }
        return totals
    }

    /// The state that a question for a total begins with, and from which offset on events are missing in it; nil for other
    /// questions, and where nothing is kept that would do.
    func total(_ ask: Ask, _ head: KeptHead, _ totals: KeptTotals) -> (state: ViewState, offset: Offset)? {
        guard let view = ask.mergeable?.definition, ask.isForTotal, let total = totals[view],
            total.completeFrom == head.completeFrom, total.offset <= head.offset,
            head.offset.value - total.offset.value <= Self.foldsMost,
            let state = try? ViewState(canonicalBytes: total.state, definition: view.total)
        else { return nil }
        return (state, total.offset)
    }

    /// Folds the events that the totals of some questions lack. False where they cannot all be read.
    mutating func moveTotals(_ projector: String, _ totals: inout KeptTotals) throws(ViewError) -> Bool {
        var behind: [Range<UInt64>: [Int]] = [:]
        for index in asks.indices where asks[index].answer.keptBy == projector && asks[index].mergeable?.totalBelow != nil {
            guard let begin = asks[index].mergeable?.totalBelow, begin < asks[index].answer.offset else { continue }
            behind[begin.value..<asks[index].answer.offset.value, default: []].append(index)
        }
        for (range, own) in behind.sorted(by: { $0.key.lowerBound < $1.key.lowerBound }) {
            var views: [ViewDefinition] = []
            for index in own {
                if let view = asks[index].mergeable?.definition.total, !views.contains(view) { views.append(view) }
            }
            let folded = try ParallelFold.run(reader, FoldPlan(views), range, threads: threads)
            guard folded.damaged.isEmpty else { return false }
            for index in own {
                if let view = asks[index].mergeable?.definition.total, let state = folded.states.state(of: view) {
                    asks[index].mergeable?.state.merge(state)
                }
            }
        }
        for ask in asks where ask.answer.keptBy == projector && ask.isForTotal && ask.answer.gaps.isEmpty {
            guard let mergeable = ask.mergeable, totals[mergeable.definition]?.offset != ask.answer.offset else { continue }
            var stamp = ask.answer.time
            if stamp == nil { stamp = try appended(below: ask.answer.offset) }
            guard stamp != nil else { continue }
            totals[mergeable.definition] = KeptTotal(
                offset: ask.answer.offset, stamp: stamp, completeFrom: ask.answer.completeFrom,
                state: mergeable.state.canonicalBytes())
        }
        if totals.hasChanged { totals.save(RealDisk(), ViewPaths(path), projector) }
        return true
    }
}

extension Ask {
    /// Whether the one row asked for is the view's total.
    var isForTotal: Bool {
        guard let mergeable else { return false }
        return mergeable.bucket == .all && request.by == [] && request.filters.isEmpty && request.from == nil && request.to == nil
            && request.asOf == nil && mergeable.definition.hasExactTotal
    }
}
