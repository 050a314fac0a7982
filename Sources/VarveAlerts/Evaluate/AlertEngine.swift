// The evaluator. It is given events and the instants of evaluations, and says what changed; it asks no clock, reads no file and
// sends nothing. The server gives it events as they come and every minute; a replay gives it the events of a range by their own
// time. What it says of a minute does not depend on who asked.

internal import VarveBatchFormat
public import VarveEvents
internal import VarveProjections

/// Rules, evaluated over event time.
///
///     var engine = AlertEngine(rules, views)
///     engine.fold(batch)
///     for output in engine.evaluate(at: minute) { print(output.rule.id, output.change.kind) }
public struct AlertEngine: Sendable {
    private var cells: RuleCells
    private var runs: [RuleRun]
    /// The last evaluation.
    public private(set) var lastTick: Timestamp?
    /// Events that came too late for any evaluation that is done again.
    public private(set) var tooLate: UInt64 = 0
    /// Nanoseconds from one instant to the next at which some rule is evaluated.
    public let interval: Int64

    /// Those of `rules` that are enabled and that views of `views` can answer.
    ///
    /// - Parameter near: A time near which events are looked at; nil for that of the first event.
    public init(_ rules: [AlertRule], _ views: RuleViews, near: Timestamp? = nil) {
        runs = rules.filter(\.isEnabled).compactMap { rule -> RuleRun? in
            if rule.isQuery { return RuleRun(rule, nil) }
            guard let definition = views.definition(rule.source.view), views.problems(of: rule).isEmpty else { return nil }
            return RuleRun(rule, PreparedRule(rule, definition))
        }
        cells = RuleCells(runs.compactMap(\.prepared), near: near?.nanoseconds)
        interval = Self.interval(of: runs.map(\.rule))
    }

    /// Nanoseconds from one instant to the next at which one of `rules` that are enabled is evaluated: a divisor of a minute.
    static func interval(of rules: [AlertRule]) -> Int64 {
        rules.reduce(RuleSource.minute) { $1.isEnabled ? divisor($0, $1.step) : $0 }
    }

    /// The greatest common divisor.
    private static func divisor(_ one: Int64, _ other: Int64) -> Int64 {
        var (left, right) = (one, other)
        while right != 0 { (left, right) = (right, left % right) }
        return left
    }

    /// The last instant of an evaluation at or before `time`.
    public func floor(_ time: Timestamp) -> Timestamp {
        let rest = time.nanoseconds % interval
        return Timestamp(nanoseconds: time.nanoseconds - (rest < 0 ? rest + interval : rest))
    }

    /// The rules that are evaluated.
    public var rules: [AlertRule] { runs.map(\.rule) }

    /// How far before an evaluation events may lie that it looks at, in nanoseconds.
    public var lookback: Int64 { cells.lookback }

    /// The columns that it needs of a batch.
    var columns: Set<ColumnKey> { cells.columns }

    /// Whether it looks at events at all; expressions read them for themselves.
    var looksAtEvents: Bool { !cells.isEmpty }

    /// Why rules could not be evaluated the last time, by their ids.
    public var failures: [String: String] {
        runs.reduce(into: [:]) { failures, run in
            if let failure = run.failure { failures[run.rule.id] = failure }
        }
    }

    /// Begins with what is known of alerts at `tick`, by rule and labels. What was folded stays. Rules in `begins` are evaluated
    /// behind the time that stands there only.
    public mutating func start(
        at tick: Timestamp, _ known: [String: [AlertLabels: AlertMachine]] = [:], begins: [String: Int64] = [:]
    ) {
        lastTick = tick
        for index in runs.indices {
            let id = runs[index].rule.id
            runs[index].start(known[id] ?? [:], at: begins[id] ?? tick.nanoseconds, cells)
        }
    }

    /// Takes events. Those that are older than anything an evaluation looks at are counted and left out.
    public mutating func fold(_ batch: EventBatch) {
        guard batch.rowCount > 0 else { return }
        let isMatched = batch.groups.contains { cells.matches($0.signal) }
        guard let last = lastTick?.nanoseconds else {
            if isMatched { cells.fold(batch) }
            return
        }
        noteLate(batch, last)
        guard isMatched else { return }
        let oldest = last - min(cells.lookback, last)
        var keep = Bitmap(count: batch.rowCount)
        var dropped: UInt64 = 0
        for (row, time) in batch.times.enumerated() {
            if time < oldest { dropped += 1 } else { keep[row] = true }
        }
        tooLate &+= dropped
        cells.fold(dropped == 0 ? batch : batch.filtered(keep: keep))
    }

    private mutating func noteLate(_ batch: EventBatch, _ last: Int64) {
        var late: ClosedRange<Int64>?
        // A sample at the instant itself counts for an expression; the window of a view ends before it.
        for time in batch.times where time <= last {
            late = late.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        }
        guard let late else { return }
        for index in runs.indices {
            if let prepared = runs[index].prepared, !cells.matches(prepared, batch) { continue }
            runs[index].noteLate(late)
        }
    }

    /// The evaluation at `tick`, a whole interval behind the last one: of every rule whose step ends then.
    public mutating func evaluate(at tick: Timestamp) -> [AlertOutput] {
        var outputs: [AlertOutput] = []
        let memo = RowMemo()
        for index in runs.indices { outputs += runs[index].evaluate(at: tick.nanoseconds, cells, memo) }
        lastTick = tick
        // Forgetting takes as long as an evaluation, so it is not done at each.
        let pause = cells.hasSlices ? 5 * RuleSource.minute : BucketLevel.hourNanoseconds
        if tick.nanoseconds % pause == 0 { cells.forget(before: tick.nanoseconds) }
        return outputs
    }

    // MARK: Expressions

    /// What must be asked before the evaluations behind `from` up to `to`; with `isStart` for `start` at `from`.
    func demands(from: Timestamp, to: Timestamp, isStart: Bool = false) -> [QueryDemand] {
        runs.indices.compactMap { index -> QueryDemand? in
            let run = runs[index]
            guard run.rule.isQuery else { return nil }
            let step = run.rule.step
            if isStart {
                guard let ticks = run.warming(to: to.nanoseconds) else { return nil }
                return QueryDemand(
                    run: index, rule: run.rule, ticks: Array(stride(from: ticks.lowerBound, to: ticks.upperBound, by: Int(step))))
            }
            let first = from.nanoseconds - from.nanoseconds % step + step
            let due = Array(stride(from: first, through: to.nanoseconds, by: Int(step)))
            let isLookedAt = !due.isEmpty || run.isLookedAt(to.nanoseconds)
            let ticks = (isLookedAt ? run.touched : []) + due
            return ticks.isEmpty ? nil : QueryDemand(run: index, rule: run.rule, ticks: ticks)
        }
    }

    /// Takes what was asked.
    mutating func take(_ answers: [QueryAnswer]) {
        for answer in answers where runs.indices.contains(answer.run) {
            runs[answer.run].answers.merge(answer.readings) { _, new in new }
        }
    }

    /// The rules that have an alert that fires.
    var firing: Set<String> { Set(runs.filter(\.isAnyFiring).map(\.rule.id)) }

    /// Somebody has resolved an alert.
    public mutating func reset(_ rule: String, _ labels: AlertLabels, at time: Timestamp) {
        for index in runs.indices where runs[index].rule.id == rule {
            runs[index].reset(labels, at: time.nanoseconds)
        }
    }

    /// The alerts that are not inactive, by rule and labels.
    public var alerts: [(rule: AlertRule, labels: AlertLabels, machine: AlertMachine)] {
        runs.flatMap { run in
            run.machines.sorted { $0.key < $1.key }.filter { $0.value.phase != .inactive }.map { labels, machine in
                (run.rule, labels, machine)
            }
        }
    }

    /// The values that the rules would see at `tick`, for what explains or shows them.
    func readings(of rule: String, at tick: Timestamp) throws(QueryError) -> [AlertLabels: Reading] {
        guard let prepared = runs.first(where: { $0.rule.id == rule })?.prepared else { return [:] }
        return try SeriesReader(rule: prepared, cells: cells).readings(at: tick.nanoseconds)
    }
}

extension BucketLevel {
    static let hourNanoseconds: Int64 = 3_600_000_000_000
}
