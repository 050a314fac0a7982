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
    /// The least event time of events that came after an evaluation which would have looked at them.
    private var lateFrom: Int64?
    /// The last evaluation.
    public private(set) var lastTick: Timestamp?
    /// Events that came too late for any evaluation that is done again.
    public private(set) var tooLate: UInt64 = 0

    /// From one evaluation to the next.
    public static let interval: Int64 = RuleSource.minute

    /// Those of `rules` that are enabled and that views of `views` can answer.
    public init(_ rules: [AlertRule], _ views: RuleViews) {
        let prepared = rules.compactMap { rule -> PreparedRule? in
            guard rule.isEnabled, let definition = views.definition(rule.source.view), views.problems(of: rule).isEmpty else {
                return nil
            }
            return PreparedRule(rule, definition)
        }
        cells = RuleCells(prepared)
        runs = prepared.map { RuleRun($0) }
    }

    /// The rules that are evaluated.
    public var rules: [AlertRule] { runs.map(\.prepared.rule) }

    /// How far before an evaluation events may lie that it looks at, in nanoseconds.
    public var lookback: Int64 { cells.lookback }

    /// The columns that it needs of a batch.
    var columns: Set<ColumnKey> { cells.columns }

    /// Whether any rule is evaluated more often than every hour.
    var hasMinutes: Bool { runs.contains { $0.prepared.rule.source.bucket == .minute } }

    /// Why rules could not be evaluated the last time, by their ids.
    public var failures: [String: String] {
        runs.reduce(into: [:]) { failures, run in
            if let failure = run.failure { failures[run.prepared.rule.id] = failure }
        }
    }

    /// Begins with what is known of alerts at `tick`, by rule and labels. What was folded stays. Rules in `begins` are evaluated
    /// behind the time that stands there only.
    public mutating func start(
        at tick: Timestamp, _ known: [String: [AlertLabels: AlertMachine]] = [:], begins: [String: Int64] = [:]
    ) {
        lastTick = tick
        lateFrom = nil
        for index in runs.indices {
            let id = runs[index].prepared.rule.id
            runs[index].start(known[id] ?? [:], at: begins[id] ?? tick.nanoseconds, cells)
        }
    }

    /// Takes events. Those that are older than anything an evaluation looks at are counted and left out.
    public mutating func fold(_ batch: EventBatch) {
        guard batch.rowCount > 0, batch.groups.contains(where: { cells.matches($0.signal) }) else { return }
        guard let last = lastTick?.nanoseconds else { return cells.fold(batch) }
        let oldest = last - min(cells.lookback, last)
        var keep = Bitmap(count: batch.rowCount)
        var dropped: UInt64 = 0
        for (row, time) in batch.times.enumerated() {
            if time < oldest {
                dropped += 1
                continue
            }
            keep[row] = true
            if time < last { lateFrom = min(lateFrom ?? time, time) }
        }
        tooLate &+= dropped
        cells.fold(dropped == 0 ? batch : batch.filtered(keep: keep))
    }

    /// The evaluation at `tick`, a whole minute behind the last one: of every rule whose bucket ends then.
    public mutating func evaluate(at tick: Timestamp) -> [AlertOutput] {
        var outputs: [AlertOutput] = []
        for index in runs.indices {
            outputs += runs[index].evaluate(at: tick.nanoseconds, lateFrom: lateFrom, cells)
        }
        lateFrom = nil
        lastTick = tick
        // Forgetting takes as long as an evaluation, so it is not done at each.
        if tick.nanoseconds % BucketLevel.hourNanoseconds == 0 { cells.forget(before: tick.nanoseconds) }
        return outputs
    }

    /// Somebody has resolved an alert.
    public mutating func reset(_ rule: String, _ labels: AlertLabels, at time: Timestamp) {
        for index in runs.indices where runs[index].prepared.rule.id == rule {
            runs[index].reset(labels, at: time.nanoseconds)
        }
    }

    /// The alerts that are not inactive, by rule and labels.
    public var alerts: [(rule: AlertRule, labels: AlertLabels, machine: AlertMachine)] {
        runs.flatMap { run in
            run.machines.sorted { $0.key < $1.key }.filter { $0.value.phase != .inactive }.map { labels, machine in
                (run.prepared.rule, labels, machine)
            }
        }
    }

    /// The values that the rules would see at `tick`, for what explains or shows them.
    func readings(of rule: String, at tick: Timestamp) throws(QueryError) -> [AlertLabels: Reading] {
        guard let run = runs.first(where: { $0.prepared.rule.id == rule }) else { return [:] }
        return try SeriesReader(rule: run.prepared, cells: cells).readings(at: tick.nanoseconds)
    }
}

extension BucketLevel {
    static let hourNanoseconds: Int64 = 3_600_000_000_000
}
