// A range of the past through the evaluator: every event counts at its own time, whenever it was appended. What the server said
// live, with what it amended when late events came, is what a replay of the same time says.

internal import VarveBatchFormat
public import VarveEvents
public import VarveLog
internal import VarveProjections
internal import VarvePromQL
public import VarveWorkspace

/// What rules would have said of a range of event time.
public struct AlertReplay: Sendable {
    /// What it found.
    public struct Result: Sendable {
        public var episodes: [AlertEpisode]
        /// Every change, in the order of the evaluations.
        public var outputs: [AlertOutput]
        public var from: Timestamp
        public var to: Timestamp
        /// The log's end: events below were looked at.
        public var offset: Offset
        /// Evaluations of single rules, and how many of them had an alert that fired.
        public var evaluations: Int
        public var firingEvaluations: Int
        /// Offsets that could not be read.
        public var damaged: [DamagedRange]
    }

    private let reader: LogReader
    /// Event time that is read at once.
    private static let chunk: Int64 = 86_400_000_000_000
    /// Ten years of minutes; more evaluations are refused.
    private static let ticksMax: Int64 = 10 * 366 * 1_440
    private static let farthest: Int64 = 8_000_000_000_000_000_000

    public init(_ reader: LogReader) { self.reader = reader }

    /// Like `run`, with expressions answered by the series of `workspace`.
    public static func run(
        _ rules: [AlertRule], _ views: RuleViews, from: Timestamp?, to: Timestamp?, over workspace: Workspace
    ) async throws -> Result {
        let outcome = try await workspace.evaluate { series throws(PromQLError) -> Swift.Result<Result, any Error> in
            Swift.Result {
                let source = WholeBuckets(series: series)
                return try AlertReplay(workspace.reader).run(rules, views, from: from, to: to, upTo: nil) { demands in
                    demands.map { $0.answer(over: source) }
                }
            }
        }
        return try outcome.get()
    }

    /// Evaluates the enabled ones of `rules` at every instant behind `from` up to `to`; nil for what the log has. The events
    /// below `limit` count, nil for all. Blocks.
    ///
    /// - Throws: `LogError` when the log cannot be read, `.refused` for a range of more than ten years.
    public func run(
        _ rules: [AlertRule], _ views: RuleViews, from: Timestamp?, to: Timestamp?, upTo limit: Offset? = nil
    ) throws -> Result {
        try run(rules, views, from: from, to: to, upTo: limit) { _ in [] }
    }

    /// - Parameter answers: Answers expressions; what it leaves out fails.
    func run(
        _ rules: [AlertRule], _ views: RuleViews, from: Timestamp?, to: Timestamp?, upTo limit: Offset?,
        answers: ([QueryDemand]) throws -> [QueryAnswer]
    ) throws -> Result {
        let durable = try reader.durable()
        let offset = min(limit ?? durable, durable)
        var damaged: [DamagedRange] = []
        let bounds = try bounds(from, to, AlertEngine.interval(of: rules), offset, &damaged)
        var engine = AlertEngine(rules, views, near: bounds.map { Timestamp(nanoseconds: $0.lowerBound) })
        var result = Result(
            episodes: [], outputs: [], from: Timestamp(nanoseconds: bounds?.lowerBound ?? 0),
            to: Timestamp(nanoseconds: bounds?.upperBound ?? 0), offset: offset, evaluations: 0, firingEvaluations: 0,
            damaged: damaged)
        guard let bounds else { return result }
        guard (bounds.upperBound - bounds.lowerBound) / engine.interval <= Self.ticksMax else {
            throw LogError(
                .refused,
                "a replay of more than \(Self.ticksMax) evaluations is refused; give --from and --to, or rules every: 1m")
        }
        var episodes = AlertEpisodes()
        var start = bounds.lowerBound - engine.lookback
        engine.take(try answers(engine.demands(from: result.from, to: result.from, isStart: true)))
        engine.start(at: result.from)
        var tick = bounds.lowerBound
        while tick < bounds.upperBound {
            let end = min(bounds.upperBound, tick + Self.chunk)
            try fold(&engine, start..<end, below: offset, &damaged)
            start = end
            let last = Timestamp(nanoseconds: end)
            engine.take(try answers(engine.demands(from: Timestamp(nanoseconds: tick), to: last)))
            while tick < end {
                tick += engine.interval
                for output in engine.evaluate(at: Timestamp(nanoseconds: tick)) {
                    episodes.add(output)
                    result.outputs.append(output)
                }
                let firing = engine.firing
                for rule in engine.rules where rule.isDue(tick) {
                    result.evaluations += 1
                    if firing.contains(rule.id) { result.firingEvaluations += 1 }
                }
            }
        }
        episodes.close(engine.alerts)
        result.episodes = episodes.all
        result.damaged = damaged
        return result
    }

    /// Folds the events of a range of event time.
    private func fold(
        _ engine: inout AlertEngine, _ range: Range<Int64>, below offset: Offset, _ damaged: inout [DamagedRange]
    ) throws {
        var filter = LogFilter()
        filter.from = Timestamp(nanoseconds: range.lowerBound)
        filter.to = Timestamp(nanoseconds: range.upperBound)
        let select = ColumnSelection(keys: engine.columns, times: true)
        var found: [DamagedRange] = []
        try reader.scan(
            try reader.retained().value..<offset.value, select: select, where: filter, onDamage: { found.append($0) }
        ) { engine.fold($0) }
        for range in found where !damaged.contains(range) { damaged.append(range) }
    }

    /// The instant before the first evaluation and the last one, whole intervals; nil where there is nothing to evaluate.
    private func bounds(
        _ from: Timestamp?, _ to: Timestamp?, _ interval: Int64, _ offset: Offset, _ damaged: inout [DamagedRange]
    ) throws -> Range<Int64>? {
        var (first, last) = (from?.nanoseconds, to?.nanoseconds)
        if first == nil || last == nil {
            var (least, greatest): (Int64?, Int64?) = (nil, nil)
            try reader.scan(try reader.retained().value..<offset.value, select: ColumnSelection(keys: [], times: true)) { batch in
                guard let low = batch.times.min(), let high = batch.times.max() else { return }
                least = min(least ?? low, low)
                greatest = max(greatest ?? high, high)
            }
            guard let least, let greatest else { return nil }
            // The last bucket is evaluated when it is over.
            first = first ?? Self.floor(least)
            last = last ?? Self.floor(min(greatest, Self.farthest)) + RuleSource.minute
        }
        guard let first, let last else { return nil }
        let start = Self.floor(max(-Self.farthest, min(first, Self.farthest)), interval)
        let end = Self.floor(max(-Self.farthest, min(last, Self.farthest)), interval)
        return start < end ? start..<end : nil
    }

    private static func floor(_ time: Int64, _ interval: Int64 = RuleSource.minute) -> Int64 {
        let rest = time % interval
        return time - (rest < 0 ? rest + interval : rest)
    }
}
