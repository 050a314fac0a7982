internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Queries for the total of a kept view: all time, no dimensions, no filters.
extension AnswerBatch {
    /// The most events that a total is brought up to date with; beyond this, the view's cells are read instead.
    private static let foldLimit: UInt64 = 4_000_000

    /// The stored totals of a projector that belong to this log.
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

    /// The stored state for a total query, and the offset up to which it is complete. Nil for other queries, and if no usable
    /// total is stored.
    func total(_ entry: PendingAnswer, _ head: KeptHead, _ totals: KeptTotals) -> (state: ViewState, offset: Offset)? {
        guard let view = entry.mergeable?.definition, entry.isTotalQuery, let total = totals[view],
            total.completeFrom == head.completeFrom, total.offset <= head.offset,
            head.offset.value - total.offset.value <= Self.foldLimit,
            let state = try? ViewState(canonicalBytes: total.state, definition: view.total)
        else { return nil }
        return (state, total.offset)
    }

    /// Folds the missing events into the totals. Returns false if some of them cannot be read.
    mutating func advanceTotals(_ projector: String, _ totals: inout KeptTotals) throws(ViewError) -> Bool {
        var behind: [Range<UInt64>: [Int]] = [:]
        for index in pending.indices where pending[index].answer.keptBy == projector {
            guard let begin = pending[index].mergeable?.totalBelow, begin < pending[index].answer.offset else { continue }
            behind[begin.value..<pending[index].answer.offset.value, default: []].append(index)
        }
        for (range, own) in behind.sorted(by: { $0.key.lowerBound < $1.key.lowerBound }) {
            var views: [ViewDefinition] = []
            for index in own {
                if let view = pending[index].mergeable?.definition.total, !views.contains(view) { views.append(view) }
            }
            let folded = try ParallelFold.run(reader, FoldPlan(views), range, threads: threads)
            guard folded.damaged.isEmpty else { return false }
            for index in own {
                if let view = pending[index].mergeable?.definition.total, let state = folded.states.state(of: view) {
                    pending[index].mergeable?.state.merge(state)
                }
            }
        }
        for entry in pending where entry.answer.keptBy == projector && entry.isTotalQuery && entry.answer.gaps.isEmpty {
            guard let mergeable = entry.mergeable, totals[mergeable.definition]?.offset != entry.answer.offset else { continue }
            var stamp = entry.answer.time
            if stamp == nil { stamp = try appended(below: entry.answer.offset) }
            guard stamp != nil else { continue }
            totals[mergeable.definition] = KeptTotal(
                offset: entry.answer.offset, stamp: stamp, completeFrom: entry.answer.completeFrom,
                state: mergeable.state.canonicalBytes())
        }
        if totals.hasChanged { totals.save(RealDisk(), ViewPaths(path), projector) }
        return true
    }
}

extension PendingAnswer {
    /// Whether the query is for the view's total.
    var isTotalQuery: Bool {
        guard let mergeable else { return false }
        return mergeable.bucket == .all && request.by == [] && request.filters.isEmpty && request.from == nil && request.to == nil
            && request.asOf == nil && mergeable.definition.hasExactTotal
    }
}
