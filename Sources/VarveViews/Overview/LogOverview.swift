// An overview reads the log in three passes: the heads of its frames give the fields; the first fold counts events, values and
// distinct values; the second, by hour, finds outliers.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// Builds an overview of a log.
public struct LogOverview {
    let reader: LogReader
    let threads: Int
    let path: String

    /// The most numeric fields, and the most fields with values, that are examined.
    private static let fieldsMax = 24

    /// Builds an overview of the log in the data directory `data`. Blocks the calling thread.
    public static func run(at data: String, threads: Int = 2) throws(ViewError) -> Overview {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        return try LogOverview(reader: reader, threads: threads, path: data).run()
    }

    private func run() throws(ViewError) -> Overview {
        let (fields, range) = try typed(at: path) {
            (try reader.fields(), try reader.retained().value..<max(reader.retained().value, reader.durable().value))
        }
        var overview = Overview(events: 0, signals: [], numbers: [], values: [], notes: [], damaged: [])
        overview.offset = Offset(range.upperBound)
        overview.time = try typed(at: path) { try reader.appended(below: overview.offset, from: Offset(range.lowerBound)) }
        overview.retained = Offset(range.lowerBound)
        if range.lowerBound > 0, !range.isEmpty {
            let second = Offset(range.lowerBound &+ 1)
            overview.retainedSince = try typed(at: path) { try reader.appended(below: second, from: overview.retained) }
        }
        if range.isEmpty || fields.signals.isEmpty { return overview }
        let numbers = OverviewFields.numbers(fields, most: Self.fieldsMax)
        let texts = OverviewFields.values(fields, most: Self.fieldsMax)
        let times = try SignalTimes.run(reader, range, threads: threads)
        overview.signals = times.map {
            Overview.Signal(name: $0.key, events: $0.value.count, first: $0.value.first, last: $0.value.last)
        }
        .sorted { ($1.events, $0.name) < ($0.events, $1.name) }
        overview.first = overview.signals.map(\.first).min()
        overview.last = overview.signals.map(\.last).max()

        let flat = try fold([OverviewFields.numbersView(numbers), OverviewFields.valuesView(texts)], range)
        overview.events = flat.events
        overview.damaged = flat.damaged.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound }
        overview.numbers = try OverviewFields.numbers(rows(flat, OverviewFields.numbersName, .all), numbers)
        overview.values = try OverviewFields.values(
            rows(flat, OverviewFields.valuesName, .all), texts, events: Int64(overview.events))

        let plan = HourlyViews(overview)
        let hourly = try fold(plan.views, range)
        var found: [(note: Overview.Note, score: Double)] = []
        for view in plan.views { found += plan.notes(view, try rows(hourly, view.name, .hour), overview) }
        let best = found.sorted { ($1.score, $0.note.time) < ($0.score, $1.note.time) }
        overview.notes = Self.deduplicated(best.map(\.note))
        return overview
    }

    /// Keeps the best eight notes, at most four of the same hour, because one cause shows in several views.
    private static func deduplicated(_ notes: [Overview.Note]) -> [Overview.Note] {
        var counts: [Timestamp: Int] = [:]
        var kept: [Overview.Note] = []
        for note in notes where kept.count < 8 && counts[note.time, default: 0] < 4 {
            counts[note.time, default: 0] += 1
            kept.append(note)
        }
        return kept
    }

    private func fold(_ views: [ViewDefinition], _ range: Range<UInt64>) throws(ViewError) -> FoldedRange {
        try ParallelFold.run(reader, FoldPlan(views), range, threads: threads)
    }

    private func rows(_ folded: FoldedRange, _ name: String, _ bucket: BucketLevel) throws(ViewError) -> [ViewRow] {
        guard let state = folded.states.state(of: name) else { return [] }
        return try typed(at: path) { try state.rows(ViewQuery(bucket: bucket)) }
    }
}
