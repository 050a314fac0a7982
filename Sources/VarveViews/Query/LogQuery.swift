// Queries of the log without a kept view. A view definition is made from the query and folded over the events on all threads.
// Limits of event time are exact: a frame that is cut by them is decoded again for its times; other frames are folded directly.

internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
public import VarveLog
public import VarveProjections

/// Answers queries from the log.
public struct LogQuery: Sendable {
    let history: ViewHistory
    let threads: Int
    /// Attributes that are valid even if no event has them.
    let known: Set<String>

    /// Queries the log of `reader`, whose data directory is `data`.
    ///
    /// - Parameter known: attributes that may be queried although no event has them.
    public init(_ reader: LogReader, at data: String, threads: Int = 2, known: Set<String> = []) {
        history = ViewHistory(reader: reader, cache: nil, threads: threads, path: data)
        self.threads = threads
        self.known = known
    }

    /// Opens the log in the data directory `data`.
    public static func open(at data: String, threads: Int = 2, known: Set<String> = []) throws(ViewError) -> LogQuery {
        let reader = try typed(at: data) { try LogReader.open(at: data) }
        return LogQuery(reader, at: data, threads: threads, known: known)
    }

    /// The plan for answering `request`.
    public func plan(_ request: QueryRequest, asOf moment: AsOf = .now) throws(ViewError) -> QueryPlan {
        let definition = try checked(request)
        let end = try history.checked(history.offset(moment))
        let (first, segments) = try typed(at: history.path) { (try history.reader.retained(), try history.reader.segments()) }
        let choices = Self.choices(request)
        let inRange = segments.filter { $0.firstOffset < end && $0.endOffset > first }
        return QueryPlan(
            definition: definition, bucket: request.bucket, offsets: min(first, end)..<end,
            segmentsRead: inRange.count { !choices.skip($0) }, segments: inRange.count,
            columns: FoldPlan(definition, level: request.bucket).columns.sorted(), threads: threads)
    }

    /// Answers `request` over a prefix of the log. Blocks the calling thread.
    ///
    /// - Throws: `.badQuery` for a field that no event has, or for an unknown column.
    public func answer(_ request: QueryRequest, asOf moment: AsOf = .now) throws(ViewError) -> QueryAnswer {
        let clock = ContinuousClock()
        let start = clock.now
        let definition = try checked(request)
        let end = try history.checked(history.offset(moment))
        let first = try typed(at: history.path) { try history.reader.retained() }
        let folded = try ParallelFold.run(
            history.reader, FoldPlan(definition, level: request.bucket), first.value..<end.value, threads: threads,
            Self.choices(request))
        _ = onThreads(threads) { [threads] in folded.states.settle(share: $0, of: threads) }
        guard let state = folded.states.state(of: definition, level: request.bucket) else {
            preconditionFailure("a plan of \(definition.name) without its state")
        }
        let place = history.path
        let (time, durable) = try typed(at: place) {
            (try history.reader.appended(below: end, from: first), max(end, try history.reader.durable()))
        }
        let all = try typed(at: place) { try request.rows(state.rows(ViewQuery(bucket: request.bucket))) }
        let shown = try typed(at: place) {
            try request.order.apply(
                all, measures: request.shownMeasures.map(\.column), columns: request.columns, of: "the answer")
        }
        return QueryAnswer(
            request: request, definition: definition, rows: shown, rowCount: all.count, from: first, upTo: end,
            time: time, durable: durable,
            events: folded.events, segments: folded.segments, seconds: (clock.now - start) / .seconds(1),
            damaged: folded.damaged.sorted { $0.offsets.lowerBound < $1.offsets.lowerBound })
    }

    /// The requested signal patterns that match no event, each with a similar signal that was probably meant.
    public func unmatchedSignals(_ request: QueryRequest) throws(ViewError) -> [(pattern: String, meant: String?)] {
        if request.signals.isEmpty { return [] }
        let signals = try typed(at: history.path) { try history.reader.fields().signals }
        return request.signals.filter { pattern in !signals.contains { Glob(pattern).matches($0) } }.map { pattern in
            (pattern, NearNames.meant(by: pattern, among: signals))
        }
    }

    /// The fields of `request` that are known but occur in no event.
    public func absentFields(_ request: QueryRequest) throws(ViewError) -> [String] {
        try typed(at: history.path) {
            try request.fields.filter { try history.reader.unknownField(among: [$0], known: []) != nil }
        }
    }

    private func checked(_ request: QueryRequest) throws(ViewError) -> ViewDefinition {
        try typed(at: history.path) {
            let definition = try request.definition()
            if let column = request.order.column, !request.columns.contains(column) {
                throw QueryError.unknownColumn(column, view: "the answer", known: request.columns)
            }
            if let unknown = try history.reader.unknownField(among: request.fields, known: known) {
                throw ViewError(.badQuery, "\(unknown)")
            }
            return definition
        }
    }

    private static func choices(_ request: QueryRequest) -> FoldChoices {
        var choices = FoldChoices()
        choices.filter.from = request.from
        choices.filter.to = request.to
        choices.skip = { segment in
            guard let time = segment.time else { return false }
            return request.from.map { time.upperBound < $0 } ?? false || request.to.map { time.lowerBound >= $0 } ?? false
        }
        return choices
    }
}
