// When clocks are set back, local times occur twice, and a bucket of local time has the events of both. Where the log still has
// the events, minutes and hours of such times are shown as two rows, each with the offset of its own time:
//
//     2026-10-25T02:00:00+02:00      the events before the clocks are set back
//     2026-10-25T02:00:00+01:00      the events after
//
// Stored hours stay one cell of both; the two parts are folded from the log for the answer.

internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Buckets of local time that occur twice, and the states of either time.
struct RepeatedBuckets {
    /// When the clocks are set back.
    var moment: Int64
    /// By how much.
    var length: Int64
    var buckets: ClosedRange<Int64>
    var before: ViewState
    var after: ViewState
}

extension AnswerBatch {
    /// Folds both occurrences of the repeated buckets that a request has. Where their events have expired, they stay one row.
    mutating func foldRepeated(_ index: Int) throws(ViewError) {
        guard let mergeable = pending[index].mergeable, mergeable.state.level == mergeable.bucket,
            mergeable.bucket == .minute || mergeable.bucket == .hour
        else { return }
        let (view, level) = (mergeable.definition, mergeable.bucket)
        let found = mergeable.state.buckets
        guard let first = found.first, let last = found.last else { return }
        for setBack in view.zone.setBacks {
            let buckets = view.zone.repeated(setBack, level)
            // A zone has some hundred of them, most of them in other years.
            guard buckets.overlaps(first...last), found.contains(where: { buckets.contains($0) }),
                try isWholeInLog(setBack, index, view)
            else { continue }
            let answer = pending[index].answer
            let start = Timestamp(nanoseconds: view.zone.span(of: buckets.lowerBound, level).lowerBound)
            let end = Timestamp(nanoseconds: view.zone.span(of: buckets.upperBound, level).upperBound)
            let moment = Timestamp(nanoseconds: setBack.moment)
            let (from, to) = (max(start, answer.from ?? start), min(end, answer.to ?? end))
            var parts: [ViewState] = []
            for (begin, stop) in [(from, min(moment, to)), (max(moment, from), to)] {
                guard begin < stop else {
                    parts.append(ViewState(view, level: level))
                    continue
                }
                let folded = try fold(FoldPlan(view, level: level), [view], EndFold(upTo: answer.offset, from: begin, to: stop))
                pending[index].add(folded.damaged)
                parts.append(folded.states.all[0].keeping(buckets))
            }
            pending[index].repeated.append(
                RepeatedBuckets(
                    moment: setBack.moment, length: setBack.length, buckets: buckets, before: parts[0], after: parts[1]))
        }
    }

    /// Whether all events of the hours around `setBack` are still in the log.
    private func isWholeInLog(
        _ setBack: (moment: Int64, length: Int64), _ index: Int, _ view: ViewDefinition
    ) throws(ViewError) -> Bool {
        guard bases.boundary.value > 0, pending[index].request.source != .fold else { return true }
        let base = try bases.state(of: view, buckets: view.zone.repeated(setBack, view.permanentLevel))
        return base.state.cellCount == 0 && base.completeFrom <= pending[index].answer.completeFrom
    }
}

extension RepeatedBuckets {
    /// Replaces the rows of these buckets by those of both occurrences.
    func split(
        _ rows: [ViewRow], _ view: ViewDefinition, _ query: ViewQuery
    ) throws(QueryError) -> [ViewRow] {
        let starts = Set(buckets.compactMap { view.zone.start(of: $0, query.bucket) })
        var (earlier, later) = (query, query)
        let border = Timestamp(nanoseconds: moment)
        earlier.to = min(border, query.to ?? border)
        later.from = max(border, query.from ?? border)
        var parts = try before.table(earlier).rows
        parts += try after.table(later).rows.map { row in
            var row = row
            row.time = row.time.map { Timestamp(nanoseconds: max(moment, $0.nanoseconds &+ length)) }
            return row
        }
        let place = rows.firstIndex { row in row.time.map { $0 >= border || starts.contains($0) } ?? false } ?? rows.count
        let rest = rows.filter { row in row.time.map { !starts.contains($0) } ?? true }
        return Array(rest[..<min(place, rest.count)]) + parts + Array(rest[min(place, rest.count)...])
    }
}
