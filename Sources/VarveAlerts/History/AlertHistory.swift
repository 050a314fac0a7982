// All that alerting has said, as a fold of the `alert.*` events of a log. A server that starts again knows from here what fires
// and what was said; a command that looks at a directory shows the same.

public import VarveEvents
public import VarveLog

/// What the alert events of a log add up to.
public struct AlertHistory: Sendable {
    struct Key: Hashable, Sendable {
        var alertID: String
        var severity: AlertSeverity
    }

    /// What was said of one alert and holds: in the order of event time.
    private(set) var said: [Key: [SaidChange]] = [:]
    /// How often a change was taken back, by alert, kind and time.
    private var retractions: [String: Int] = [:]
    public private(set) var silences: [Silence] = []
    /// Who took an alert on, and since when, by its id.
    private(set) var acknowledged: [String: Acknowledgement] = [:]
    public private(set) var settings = RuleSettings()
    /// Which rules are evaluated; nil before any was.
    private(set) var evaluating: EvaluatedRules?
    /// Events below were folded.
    public private(set) var offset = Offset(0)

    struct Acknowledgement: Sendable {
        var at: Timestamp
        var by: String
        var comment: String
    }

    public init() {}

    /// Folds the log up to its end. Blocks.
    public static func read(_ reader: LogReader) throws -> AlertHistory {
        var history = AlertHistory()
        let snapshot = try reader.snapshot()
        var filter = LogFilter()
        filter.signals = [AlertSignals.prefix + "*", AlertSignals.settings, AlertSignals.thresholds]
        try snapshot.scanAll(where: filter) { batch in
            batch.forEachEvent { offset, event in history.add(event, at: offset) }
        }
        history.offset = max(history.offset, snapshot.durable)
        return history
    }

    /// Takes the next event.
    public mutating func add(_ event: Event, at offset: Offset) {
        self.offset = Offset(offset.value + 1)
        switch event.signal {
        case AlertSignals.settings, AlertSignals.thresholds: settings.add(event)
        case AlertSignals.evaluating: takeEvaluating(event)
        case AlertSignals.silenced: addSilence(event)
        case AlertSignals.silenceEnded: endSilence(event)
        case AlertSignals.acknowledged: acknowledge(event)
        case AlertSignals.retracted: if let change = SaidChange(event, at: offset) { retract(change) }
        default: if let change = SaidChange(event, at: offset) { add(change) }
        }
    }

    mutating func add(_ change: SaidChange) {
        let key = Key(alertID: change.alertID, severity: change.severity)
        var own = said[key] ?? []
        let place = Self.place(own, behind: change.change.at)
        guard !Self.has(own, change, before: place) else { return }
        // The dictionary lets go of them first, so that they are not copied: an alert that comes and goes has thousands.
        said[key] = nil
        own.insert(change, at: place)
        said[key] = own
        if change.change.kind == .resolved { acknowledged[change.alertID] = nil }
    }

    mutating func retract(_ change: SaidChange) {
        let key = Key(alertID: change.alertID, severity: change.severity)
        said[key]?.removeAll { $0.change.kind == change.change.kind && $0.change.at == change.change.at }
        retractions[Self.name(change), default: 0] += 1
    }

    private static func name(_ change: SaidChange) -> String {
        "\(change.alertID)|\(change.severity.rawValue)|\(change.change.kind.rawValue)|\(change.change.at.nanoseconds)"
    }

    /// How often this was taken back: part of the next event's id.
    func count(_ change: SaidChange) -> Int { retractions[Self.name(change)] ?? 0 }

    /// Whether this was said and holds.
    func holds(_ change: SaidChange) -> Bool {
        guard let own = said[Key(alertID: change.alertID, severity: change.severity)] else { return false }
        return Self.has(own, change, before: Self.place(own, behind: change.change.at))
    }

    /// Where the first change behind `time` stands.
    private static func place(_ own: [SaidChange], behind time: Timestamp) -> Int {
        var (low, high) = (0, own.count)
        while low < high {
            let middle = (low + high) / 2
            if own[middle].change.at <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func has(_ own: [SaidChange], _ change: SaidChange, before place: Int) -> Bool {
        var index = place
        while index > 0, own[index - 1].change.at == change.change.at {
            index -= 1
            if own[index].change.kind == change.change.kind { return true }
        }
        return false
    }

    /// What was said of alerts behind `time`.
    func said(after time: Timestamp) -> [SaidChange] {
        said.values.flatMap { $0.filter { $0.change.at > time } }.sorted {
            ($0.change.at, $0.alertID) < ($1.change.at, $1.alertID)
        }
    }

    /// What alerts of `rules` were at `time`, as machines that go on from there.
    func machines(of rules: [AlertRule], at time: Timestamp) -> [String: [AlertLabels: AlertMachine]] {
        var machines: [String: [AlertLabels: AlertMachine]] = [:]
        let ids = Set(rules.map(\.id))
        for own in said.values {
            guard let last = own.last(where: { $0.change.at <= time }), ids.contains(last.rule) else { continue }
            guard let phase = Self.phase(last.change) else { continue }
            let machine = AlertMachine(phase: phase, hasNoData: last.change.kind == .noData, peak: last.change.peak)
            machines[last.rule, default: [:]][last.labels] = machine
        }
        return machines
    }

    static func phase(_ change: AlertChange) -> AlertMachine.Phase? {
        switch change.kind {
        case .pending: .pending(since: change.pendingAt)
        case .firing: .firing(since: change.pendingAt, at: change.at)
        case .noData, .dataBack: .firing(since: change.pendingAt, at: change.firingAt ?? change.at)
        case .cancelled, .resolved: nil
        }
    }

    mutating func setEvaluating(_ rules: Set<String>, since: Timestamp) {
        evaluating = EvaluatedRules(rules: rules, since: since)
    }

    private mutating func takeEvaluating(_ event: Event) {
        guard case .json(let rules)? = event[attribute: "rules"], case .string("varve")? = event[attribute: "engine"] else {
            return
        }
        setEvaluating(Set(PlainStrings.list(rules)), since: event.time)
    }

    // MARK: People

    private mutating func addSilence(_ event: Event) {
        guard let silence = Silence(event) else { return }
        silences.removeAll { $0.id == silence.id }
        silences.append(silence)
    }

    private mutating func endSilence(_ event: Event) {
        guard case .string(let id)? = event[attribute: "silence"], case .string("varve")? = event[attribute: "engine"],
            let place = silences.firstIndex(where: { $0.id == id })
        else { return }
        silences[place].to = min(silences[place].to, event.time)
    }

    private mutating func acknowledge(_ event: Event) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name] { text } else { nil }
        }
        guard let id = text("alert_id"), text("engine") == "varve" else { return }
        acknowledged[id] = Acknowledgement(at: event.time, by: text("by") ?? "", comment: text("comment") ?? "")
    }

    /// The silence that mutes an alert at `time`.
    public func silence(id: String, rule: String, severity: AlertSeverity, labels: AlertLabels, at time: Timestamp) -> Silence? {
        silences.first { $0.isActive(at: time) && $0.matches(id: id, rule: rule, severity: severity, labels: labels) }
    }

    /// The silence that mutes `alert` at `time`: its matchers may name labels that the rule gives too.
    func silence(of alert: SaidChange, at time: Timestamp) -> Silence? {
        silences.first { silence in
            silence.isActive(at: time) && silence.matchers.allSatisfy { $0.holds(alert.field($0.name).map { .string($0) }) }
        }
    }

    /// The last time that an alert was said to fire; nil where it never was.
    public func lastFiring(_ alertID: String) -> SaidChange? {
        said.filter { $0.key.alertID == alertID }.values.flatMap { $0 }.filter { $0.change.kind == .firing }
            .max { $0.change.at < $1.change.at }
    }
}
