internal import VarveBatchFormat
internal import VarveEvents
internal import VarveProjections

/// One rule that is evaluated: its series, and its last evaluations, which are done again when late events come.
struct RuleRun: Sendable {
    /// One evaluation.
    private struct Evaluation {
        var tick: Int64
        var readings: [AlertLabels: Reading]
        var changes: [AlertLabels: [AlertChange]]
    }

    let rule: AlertRule
    /// Nil where an expression is asked and not a view.
    let prepared: PreparedRule?
    /// As of the last evaluation.
    private(set) var machines: [AlertLabels: AlertMachine] = [:]
    /// As of before the first of `evaluations`.
    private var base: [AlertLabels: AlertMachine] = [:]
    private var evaluations: [Evaluation] = []
    /// When somebody resolved an alert.
    private var resets: [AlertLabels: Int64] = [:]
    /// It is evaluated behind this time.
    private var begin = Int64.min
    /// Event times of events that came after an evaluation that would have looked at them.
    private var late: ClosedRange<Int64>?
    /// Of the cells that the last evaluation saw.
    private var version: UInt64 = 0
    /// What an expression came to, by evaluation.
    var answers: [Int64: QueryReadings] = [:]
    /// Why the last evaluation could not be done; nil where it was.
    private(set) var failure: String?

    init(_ rule: AlertRule, _ prepared: PreparedRule?) {
        self.rule = rule
        self.prepared = prepared
    }

    var isAnyFiring: Bool { machines.values.contains { $0.isFiring } }

    /// What is read of a series without a row.
    private var missing: Reading {
        if case .absent = rule.test { return .value(1, threshold: 1, holds: true) }
        return .absent(.noRows)
    }

    // MARK: Beginning

    /// The evaluations before the first one at `tick` that are looked at to know what counts evaluations.
    func warming(to tick: Int64) -> Range<Int64>? {
        guard rule.warmth > 0 else { return nil }
        let first = tick - rule.warmth
        return (first - first % rule.step)..<(tick + 1)
    }

    /// Begins anew with what is known of its alerts at `tick`.
    mutating func start(_ known: [AlertLabels: AlertMachine], at tick: Int64, _ cells: RuleCells) {
        base = known
        evaluations = []
        late = nil
        if let ticks = warming(to: tick) {
            for past in stride(from: ticks.lowerBound, to: ticks.upperBound, by: Int(rule.step)) {
                guard let readings = try? readings(at: past, cells, nil) else { continue }
                // A series that is not there counts too: since when it is not decides how long it is kept.
                for labels in Set(readings.keys).union(base.keys) {
                    let reading = readings[labels] ?? missing
                    base[labels, default: AlertMachine()].warm(reading, of: rule, at: Timestamp(nanoseconds: past))
                }
            }
            base = base.filter { !$0.value.isIdle }
        }
        answers = [:]
        machines = base
        begin = tick
    }

    // MARK: Late events

    mutating func noteLate(_ times: ClosedRange<Int64>) {
        late = late.map { min($0.lowerBound, times.lowerBound)...max($0.upperBound, times.upperBound) } ?? times
    }

    /// Whether late events, or its own clock, make `tick` one at which it is looked at.
    func isLookedAt(_ tick: Int64) -> Bool {
        tick > begin && (rule.isDue(tick) || (late != nil && tick % RuleSource.minute == 0))
    }

    /// The past evaluations that late events touch. Of an expression all behind the first of them: how far it looks back is its
    /// own affair.
    var touched: [Int64] {
        guard let late else { return [] }
        guard let prepared else { return evaluations.map(\.tick).filter { $0 >= late.lowerBound } }
        let lookback = prepared.lookback
        return evaluations.map(\.tick).filter { $0 > late.lowerBound && (lookback == .max || $0 - lookback <= late.upperBound) }
    }

    // MARK: Evaluating

    /// The evaluation at `tick`. Those that late events touch are done again first.
    mutating func evaluate(at tick: Int64, _ cells: RuleCells, _ memo: RowMemo) -> [AlertOutput] {
        guard isLookedAt(tick) else { return [] }
        failure = nil
        do throws(RuleFailure) {
            var outputs: [AlertOutput] = []
            if late != nil { outputs = try again(cells, memo) }
            guard rule.isDue(tick) else { return outputs }
            var readings: [AlertLabels: Reading]
            if let prepared, let last = evaluations.last, last.tick == tick - rule.step,
                cells.isSteady(prepared, at: tick, since: version)
            {
                readings = last.readings
            } else {
                readings = try self.readings(at: tick, cells, memo)
                // Equal ones share their memory.
                if let last = evaluations.last, last.readings == readings { readings = last.readings }
            }
            if let prepared { version = cells.version(prepared) }
            answers[tick] = nil
            let changes = step(&machines, readings, at: tick)
            evaluations.append(Evaluation(tick: tick, readings: readings, changes: changes))
            if evaluations.count > Int(rule.horizonTicks) {
                let oldest = evaluations.removeFirst()
                _ = step(&base, oldest.readings, at: oldest.tick)
            }
            return outputs + self.outputs(changes, .new)
        } catch {
            failure = error.message
            answers[tick] = nil
            return []
        }
    }

    private func readings(
        at tick: Int64, _ cells: RuleCells, _ memo: RowMemo?
    ) throws(RuleFailure) -> [AlertLabels: Reading] {
        guard let prepared else {
            switch answers[tick] {
            case .readings(let readings)?: return readings
            case .failed(let why)?: throw RuleFailure(message: why)
            case nil: throw RuleFailure(message: "the expression was not evaluated")
            }
        }
        do throws(QueryError) {
            return try SeriesReader(rule: prepared, cells: cells, memo: memo).readings(at: tick)
        } catch {
            throw RuleFailure(message: "\(error)")
        }
    }

    /// Somebody has resolved the alert: it begins anew at the next evaluation.
    mutating func reset(_ labels: AlertLabels, at time: Int64) {
        resets[labels] = time
        machines[labels]?.reset()
    }

    private mutating func again(_ cells: RuleCells, _ memo: RowMemo) throws(RuleFailure) -> [AlertOutput] {
        let ticks = Set(touched)
        if prepared == nil, ticks.contains(where: { answers[$0] == nil }) {
            // Others came while it was asked: they are asked with the next.
            for tick in ticks { answers[tick] = nil }
            return []
        }
        late = nil
        var hasChanged = false
        for index in evaluations.indices where ticks.contains(evaluations[index].tick) {
            let readings = try readings(at: evaluations[index].tick, cells, memo)
            answers[evaluations[index].tick] = nil
            if readings != evaluations[index].readings {
                evaluations[index].readings = readings
                hasChanged = true
            }
        }
        guard hasChanged else { return [] }
        var outputs: [AlertOutput] = []
        machines = base
        for index in evaluations.indices {
            let changes = step(&machines, evaluations[index].readings, at: evaluations[index].tick)
            let before = evaluations[index].changes
            for labels in Set(before.keys).union(changes.keys).sorted() {
                let (old, new) = (before[labels] ?? [], changes[labels] ?? [])
                let gone = old.filter { said in !new.contains { $0.kind == said.kind } }
                let found = new.filter { change in !old.contains { $0.kind == change.kind } }
                outputs += gone.map { AlertOutput(rule: rule, labels: labels, change: $0, kind: .retracted) }
                outputs += found.map { AlertOutput(rule: rule, labels: labels, change: $0, kind: .late) }
            }
            evaluations[index].changes = changes
        }
        return outputs
    }

    /// Steps every series; those that remember nothing are forgotten.
    private func step(
        _ machines: inout [AlertLabels: AlertMachine], _ readings: [AlertLabels: Reading], at tick: Int64
    ) -> [AlertLabels: [AlertChange]] {
        guard !readings.isEmpty || !machines.isEmpty else { return [:] }
        var changes: [AlertLabels: [AlertChange]] = [:]
        for labels in Set(readings.keys).union(machines.keys) {
            var machine = machines[labels] ?? AlertMachine()
            if let reset = resets[labels], reset <= tick, reset > tick - rule.step { machine.reset() }
            let own = machine.step(readings[labels] ?? missing, of: rule, at: Timestamp(nanoseconds: tick))
            if !own.isEmpty { changes[labels] = own }
            machines[labels] = machine.isIdle ? nil : machine
        }
        return changes
    }

    private func outputs(_ changes: [AlertLabels: [AlertChange]], _ kind: AlertOutput.Kind) -> [AlertOutput] {
        changes.sorted { $0.key < $1.key }.flatMap { labels, own in
            own.map { AlertOutput(rule: rule, labels: labels, change: $0, kind: kind) }
        }
    }
}

/// Why a rule could not be evaluated.
struct RuleFailure: Error, Hashable, Sendable {
    var message: String
}
