internal import VarveBatchFormat
internal import VarveEvents
internal import VarveProjections
internal import VarveWorkspace

// What it does as events come and minutes end.
extension LiveAlerts {
    /// Whether rules were set since this was last asked.
    func takeIsSet() -> Bool {
        defer { isSet = false }
        return isSet
    }

    /// Takes the next events.
    func take(_ block: EventBlock) {
        for batch in block.batches {
            if batch.groups.contains(where: { AlertHistory.looksAt($0.signal) }) {
                batch.forEachEvent { offset, event in
                    guard AlertHistory.looksAt(event.signal) else { return }
                    history.add(event, at: offset)
                    isSet = isSet || AlertSignals.isSetting(event)
                    noteReset(event, offset)
                }
            }
            if batch.groups.contains(where: { $0.signal.hasPrefix(IncidentHistory.prefix) }) {
                batch.forEachEvent { _, event in incidents.add(event) }
            }
            engine.fold(batch)
        }
        next = max(next, block.next)
    }

    /// Somebody resolved an alert.
    private func noteReset(_ event: Event, _ offset: Offset) {
        guard event.signal == AlertSignals.resolved, let change = SaidChange(event, at: offset), change.resolvedBy != "rule"
        else {
            return
        }
        engine.reset(change.rule, change.labels, at: change.change.at)
    }

    /// Evaluates every instant up to `now` that was not evaluated. Returns what is to be appended.
    func evaluate(at now: Timestamp) async throws -> [SaidChange] {
        let tick = engine.floor(now)
        guard let last = engine.lastTick, last < tick else { return [] }
        // The clock may have stood still, or gone far ahead.
        let from = max(last, tick - .nanoseconds(Self.awayMax))
        let demands = engine.demands(from: from, to: tick)
        engine.take(try await QueryDemand.answers(demands, over: workspace))
        var outputs: [AlertOutput] = []
        var at = from
        while at < tick {
            at = at + .nanoseconds(engine.interval)
            outputs += engine.evaluate(at: at)
        }
        return try await said(outputs, isCatchingUp: false)
    }

    /// The incidents of the log.
    public var knownIncidents: IncidentHistory { incidents }

    /// Opens, joins and ends incidents as the alerts since `since` ask for.
    func keepIncidents(_ settings: IncidentSettings, since: Timestamp, at now: Timestamp) async throws(WorkspaceError) {
        let events = incidents.missing(history, settings, since: since, at: now)
        guard !events.isEmpty else { return }
        for event in events { incidents.add(event) }
        try await workspace.append(events)
    }

    /// Reads the rules' files again, and takes what was set. Returns what is to be appended where something has changed.
    func reload(at now: Timestamp) async throws -> [SaidChange] {
        let files = try await workspace.runQuestion { [path = workspace.path] in Result { try RuleSet.of(path) } }
        guard case .success(let set) = files else {
            if case .failure(let error) = files { problems = ["\(error)"] }
            return []
        }
        let before = rules
        take(set)
        return rules == before ? [] : try await restart(at: now)
    }

}
