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

    let prepared: PreparedRule
    /// As of the last evaluation.
    private(set) var machines: [AlertLabels: AlertMachine] = [:]
    /// As of before the first of `evaluations`.
    private var base: [AlertLabels: AlertMachine] = [:]
    private var evaluations: [Evaluation] = []
    /// When somebody resolved an alert.
    private var resets: [AlertLabels: Int64] = [:]
    /// It is evaluated behind this time.
    private var begin = Int64.min
    /// Why the last evaluation could not be done; nil where it was.
    private(set) var failure: String?

    init(_ prepared: PreparedRule) { self.prepared = prepared }

    private var rule: AlertRule { prepared.rule }

    /// Begins anew with what is known of its alerts at `tick`.
    mutating func start(_ known: [AlertLabels: AlertMachine], at tick: Int64, _ cells: RuleCells) {
        base = known
        evaluations = []
        let reader = SeriesReader(rule: prepared, cells: cells)
        let step = rule.source.step
        if prepared.warmth > 0 {
            var past = tick - prepared.warmth
            past -= past % step
            while past <= tick {
                let readings = (try? reader.readings(at: past)) ?? [:]
                for (labels, reading) in readings {
                    base[labels, default: AlertMachine()].warm(reading, of: rule, at: Timestamp(nanoseconds: past))
                }
                past += step
            }
            base = base.filter { !$0.value.isIdle }
        }
        machines = base
        begin = tick
    }

    /// The evaluation at `tick`. With `lateFrom` those behind that event time are done again first.
    mutating func evaluate(at tick: Int64, lateFrom: Int64?, _ cells: RuleCells) -> [AlertOutput] {
        let reader = SeriesReader(rule: prepared, cells: cells)
        failure = nil
        do throws(QueryError) {
            var outputs: [AlertOutput] = []
            if let lateFrom { outputs = try again(from: lateFrom, reader) }
            guard prepared.isDue(tick), tick > begin else { return outputs }
            let readings = try reader.readings(at: tick)
            let changes = step(&machines, readings, at: tick, reader.missing)
            evaluations.append(Evaluation(tick: tick, readings: readings, changes: changes))
            while evaluations.count > Int(prepared.horizonTicks) {
                let oldest = evaluations.removeFirst()
                _ = step(&base, oldest.readings, at: oldest.tick, reader.missing)
            }
            return outputs + self.outputs(changes, .new)
        } catch {
            failure = "\(error)"
            return []
        }
    }

    /// Somebody has resolved the alert: it begins anew at the next evaluation.
    mutating func reset(_ labels: AlertLabels, at time: Int64) {
        resets[labels] = time
        machines[labels]?.reset()
    }

    private mutating func again(from lateFrom: Int64, _ reader: SeriesReader) throws(QueryError) -> [AlertOutput] {
        var hasChanged = false
        for index in evaluations.indices where evaluations[index].tick > lateFrom {
            let readings = try reader.readings(at: evaluations[index].tick)
            if readings != evaluations[index].readings {
                evaluations[index].readings = readings
                hasChanged = true
            }
        }
        guard hasChanged else { return [] }
        var outputs: [AlertOutput] = []
        machines = base
        for index in evaluations.indices {
            let changes = step(&machines, evaluations[index].readings, at: evaluations[index].tick, reader.missing)
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
        _ machines: inout [AlertLabels: AlertMachine], _ readings: [AlertLabels: Reading], at tick: Int64, _ missing: Reading
    ) -> [AlertLabels: [AlertChange]] {
        var changes: [AlertLabels: [AlertChange]] = [:]
        for labels in Set(readings.keys).union(machines.keys) {
            var machine = machines[labels] ?? AlertMachine()
            if let reset = resets[labels], reset <= tick, reset > tick - rule.source.step { machine.reset() }
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
