// The rules of one data directory, evaluated as events come. What it knows is a fold of the log: events make the cells of the
// engine, `alert.*` events the history of what was said. So a start, a change of rules and a kill are one thing: read, evaluate
// what is missing, and say what was not said.

internal import VarveBatchFormat
internal import VarveCatalog
public import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveSettings
internal import VarveViews
internal import VarveWorkspace

/// The rules and alerts of a running server.
public actor LiveAlerts {
    let workspace: Workspace
    let views: RuleViews
    let hashesViews: Bool
    /// As the files have them, and as they are set by events.
    var written: [AlertRule] = []
    var rules: [AlertRule] = []
    var history = AlertHistory()
    var incidents = IncidentHistory()
    var engine: AlertEngine
    /// Everything below was folded.
    var next = Offset(0)
    var problems: [String] = []
    var hashes: [String: String] = [:]
    /// Whether a hash is worked out that nobody waits for any more.
    var isHashing = false
    var isSet = false

    /// Rules that begin to be evaluated begin then; those that were evaluated before go on from so long ago, so that events that
    /// came late meanwhile are not missed.
    static let overlap: Int64 = 15 * RuleSource.minute
    /// A server that was away for longer begins with now.
    static let awayMax: Int64 = 86_400_000_000_000

    /// - Parameter hashesViews: Whether firings carry the hash of their view.
    init(_ workspace: Workspace, viewFolders: [String], hashesViews: Bool = true) {
        self.workspace = workspace
        self.hashesViews = hashesViews
        var defined = DefinedViews(builtIn: Catalog.allViews, at: workspace.path)
        for folder in viewFolders { defined.addReadable(of: folder) }
        views = RuleViews(defined.views)
        engine = AlertEngine([], views)
    }

    // MARK: What is asked

    /// All rules, as they are set.
    public var allRules: [AlertRule] { rules }

    /// Every enabled rule's alerts at `time`.
    public func statuses(at time: Timestamp) -> [AlertStatus] { history.statuses(of: rules, at: time) }

    public var said: AlertHistory { history }

    /// Why rules are not evaluated, and what is wrong with their files.
    public var faults: [String] { problems + engine.failures.map { "rule \($0.key): \($0.value)" }.sorted() }

    /// The last evaluation.
    public var lastEvaluation: Timestamp? { engine.lastTick }

    /// The last instant at or before `time` at which a rule is evaluated.
    func floor(_ time: Timestamp) -> Timestamp { engine.floor(time) }

    /// Events that came too late to be looked at.
    public var tooLate: UInt64 { engine.tooLate }

    var following: Offset { next }

    // MARK: Beginning

    /// Reads rules and log, and evaluates what is missing up to `now`. Returns what is to be appended.
    func begin(at now: Timestamp) async throws -> [SaidChange] {
        let (reader, path) = (workspace.reader, workspace.path)
        let (snapshot, read, found, set) = try await workspace.runQuestion {
            (try reader.durable(), try AlertHistory.read(reader), try IncidentHistory.read(reader), try? RuleSet.of(path))
        }
        history = read
        incidents = found
        next = snapshot
        take(set)
        return try await restart(at: now)
    }

    /// Takes the rules of files. Those that cannot be evaluated are told of and left out.
    func take(_ set: RuleSet?) {
        guard let set else { return }
        written = set.rules
        problems = set.errors.map(\.description)
        applySettings()
    }

    private func applySettings() { rules = written.map { history.settings.applied(to: $0) } }

    /// Makes the engine anew, from the log below `next`.
    func restart(at now: Timestamp) async throws -> [SaidChange] {
        var fresh = AlertEngine(rules, views, near: now)
        let tick = fresh.floor(now)
        let before = history.evaluating
        let names = Set(fresh.rules.map(\.evaluated))
        // Those that were evaluated go on from where they were; others begin now.
        let going = before.map { names.intersection($0.rules) } ?? []
        let since = before.map { max($0.since.nanoseconds, tick.nanoseconds - Self.awayMax) } ?? tick.nanoseconds
        let last = fresh.floor(Timestamp(nanoseconds: try await lastAppend() ?? tick.nanoseconds)).nanoseconds
        let start = going.isEmpty ? tick.nanoseconds : max(since, min(last, tick.nanoseconds) - Self.overlap)
        // Events go on to come while the log is read.
        var folded = Offset(0)
        while folded < next {
            let end = next
            try await fold(&fresh, folded.value..<end.value, from: start - fresh.lookback)
            folded = end
        }
        var begins: [String: Int64] = [:]
        for rule in fresh.rules where !going.contains(rule.evaluated) { begins[rule.id] = tick.nanoseconds }
        let from = fresh.floor(Timestamp(nanoseconds: start))
        fresh.take(try await QueryDemand.answers(fresh.demands(from: from, to: from, isStart: true), over: workspace))
        fresh.start(at: from, history.machines(of: fresh.rules, at: from), begins: begins)
        for change in history.said(after: from) where change.resolvedBy != "rule" && change.change.kind == .resolved {
            fresh.reset(change.rule, change.labels, at: change.change.at)
        }
        fresh.take(try await QueryDemand.answers(fresh.demands(from: from, to: tick), over: workspace))
        var outputs: [AlertOutput] = []
        var derived: Set<String> = []
        var failed: Set<String> = []
        var at = from
        while at < tick {
            at = at + .nanoseconds(fresh.interval)
            for output in fresh.evaluate(at: at) {
                derived.insert(Self.name(output.alertID, output.rule.severity, output.change))
                outputs.append(output)
            }
            failed.formUnion(fresh.failures.keys)
        }
        engine = fresh
        var said = try await self.said(outputs, isCatchingUp: true)
        let gone = history.said(after: from).filter { change in
            // A rule that could not be evaluated takes nothing back.
            going.contains("\(change.rule)@\(change.version)") && !failed.contains(change.rule) && change.change.at <= tick
                && change.resolvedBy == "rule"
                && !derived.contains(Self.name(change.alertID, change.severity, change.change))
        }
        said += gone.map { $0.takenBack }
        return said + closed(at: tick)
    }

    /// Alerts that are open though no rule is evaluated that could resolve them.
    private func closed(at tick: Timestamp) -> [SaidChange] {
        let ids = Set(engine.rules.map(\.id))
        return history.open.filter { !ids.contains($0.rule) }.map { last in
            var change = last
            change.change.kind = AlertHistory.isFiring(last.change) ? .resolved : .cancelled
            change.change.at = max(tick, last.change.at)
            change.resolvedBy = "rule switched off"
            return change
        }
    }

    private static func name(_ alertID: String, _ severity: AlertSeverity, _ change: AlertChange) -> String {
        "\(alertID)|\(severity.rawValue)|\(change.kind.rawValue)|\(change.at.nanoseconds)"
    }

    private func lastAppend() async throws -> Int64? {
        let end = next.value
        guard end > 0 else { return nil }
        return try await workspace.runQuestion { [reader = workspace.reader] in
            var last: Int64?
            let select = ColumnSelection(keys: [], times: false, observed: true)
            try reader.scan((end - 1)..<end, select: select) { last = $0.observed.last }
            return last
        }
    }

    /// Folds the events of `offsets` whose time is `from` or later.
    private func fold(_ engine: inout AlertEngine, _ offsets: Range<UInt64>, from: Int64) async throws {
        guard engine.looksAtEvents else { return }
        let start = engine
        engine = try await workspace.runQuestion { [reader = workspace.reader] in
            var engine = start
            var filter = LogFilter()
            filter.from = Timestamp(nanoseconds: from)
            let first = max(try reader.retained().value, offsets.lowerBound)
            let select = ColumnSelection(keys: engine.columns, times: true)
            try reader.scan(first..<max(first, offsets.upperBound), select: select, where: filter) { engine.fold($0) }
            return engine
        }
    }

    // MARK: What is said

    /// What the outputs come to, against what was said already.
    func said(_ outputs: [AlertOutput], isCatchingUp: Bool) async throws -> [SaidChange] {
        var all: [SaidChange] = []
        hashes = [:]
        for output in outputs {
            let version = views.definition(output.rule.source.view)?.version ?? 1
            var change = SaidChange(output, offset: next, viewVersion: version, viewHash: nil)
            if output.kind == .retracted {
                if history.holds(change) { all.append(change.takenBack) }
                continue
            }
            guard !history.holds(change) else { continue }
            if change.change.kind == .firing { change.viewHash = await hash(output.rule.source.view) }
            all.append(change)
        }
        return all
    }

    /// Appends changes to the log, and folds them. Those that were appended are returned.
    func append(_ changes: [SaidChange]) async throws(WorkspaceError) -> [SaidChange] {
        var events: [Event] = []
        var own: [SaidChange] = []
        for change in changes {
            let count = history.count(change)
            events.append(change.isRetraction ? change.retraction(count: count) : change.event(count: count))
            if change.isRetraction { history.retract(change) } else { history.add(change) }
            own.append(change)
        }
        let names = engine.rules.map(\.evaluated).sorted()
        // A log that never had a rule on gets no event about rules.
        let isNews = history.evaluating.map { $0.rules != Set(names) } ?? !names.isEmpty
        if isNews, let tick = engine.lastTick {
            events.append(AlertHistory.evaluatingEvent(names, since: tick))
            history.setEvaluating(Set(names), since: tick)
        }
        if !events.isEmpty { try await workspace.append(events) }
        return own
    }
}
