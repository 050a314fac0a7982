public import VarveEvents
internal import VarveHash
internal import VarveProjections
internal import VarveWire

/// A change as it stands in the log: what was said, and all that is needed to find it again.
public struct SaidChange: Hashable, Sendable {
    public var alertID: String
    public var rule: String
    /// The rule's version.
    public var version: String
    public var name: String
    public var severity: AlertSeverity
    public var labels: AlertLabels
    public var change: AlertChange
    /// The event time that was looked at.
    public var window: Range<Timestamp>
    public var view: String
    public var viewVersion: Int
    /// Events below were known.
    public var offset: Offset
    /// What the whole view was then; nil where it was not worked out.
    public var viewHash: String?
    /// Whether late events made a past evaluation say it.
    public var isLate: Bool
    public var message: String
    public var channels: [String]
    public var playbook: String?
    /// The annotations of a rule in Prometheus' shape, as they read then.
    public var annotations: [String: String] = [:]
    /// Labels that the rule gives beside those of the series.
    public var ruleLabels: [String: String] = [:]
    /// Who resolved it: `rule`, or somebody.
    public var resolvedBy = "rule"
    /// Whether it takes back what was said before.
    var isRetraction = false
    /// The offset of the event; nil before it is appended.
    public var place: Offset?

    /// Whether its rule asks an expression.
    var isQuery: Bool { view == "promql" }

    /// The firing that goes on, whatever was said of its data meanwhile.
    var asFiring: SaidChange {
        var change = self
        change.change.at = change.change.firingAt ?? change.change.at
        change.change.kind = .firing
        return change
    }

    var takenBack: SaidChange {
        var change = self
        change.isRetraction = true
        return change
    }

    /// From an evaluation that knew the events below `offset`.
    public init(_ output: AlertOutput, offset: Offset, viewVersion: Int, viewHash: String?) {
        let rule = output.rule
        alertID = output.alertID
        self.rule = rule.id
        version = rule.version
        name = rule.name
        severity = rule.severity
        labels = output.labels
        change = output.change
        window = output.window
        view = rule.source.view
        self.viewVersion = viewVersion
        self.offset = offset
        self.viewHash = viewHash
        isLate = output.kind == .late
        message = AlertMessage.text(rule, output.labels, output.change)
        channels = rule.channels
        playbook = rule.playbook
        annotations = AlertMessage.annotations(rule, output.labels, output.change)
        // Those of an expression's alert are part of what it is known by.
        if !rule.isQuery { ruleLabels = rule.labels }
    }

    /// As an event. `count` is how often the same was said and taken back before.
    func event(count: Int) -> Event {
        var attributes = common
        attributes.append(Attribute("message", .string(message)))
        if change.kind == .resolved, let firing = change.firingAt {
            let open = Double(change.at.nanoseconds - firing.nanoseconds) / 1e9
            attributes += [Attribute("open_s", .double(open)), Attribute("resolved_by", .string(resolvedBy))]
        }
        return Event(
            time: change.at, signal: AlertSignals.of(change.kind), id: id(change.kind.rawValue, count),
            attributes: attributes.sorted { $0.name < $1.name })
    }

    /// The event that takes it back.
    func retraction(count: Int) -> Event {
        Event(
            time: change.at, signal: AlertSignals.retracted, id: id("retracted." + change.kind.rawValue, count),
            attributes: (common + [Attribute("kind", .string(change.kind.rawValue))]).sorted { $0.name < $1.name })
    }

    private func id(_ kind: String, _ count: Int) -> String {
        "varve-alert:\(alertID):\(severity.rawValue):\(kind):\(change.at.nanoseconds / 1_000_000_000)"
            + (count > 0 ? ":\(count)" : "")
    }

    private var common: [Attribute] {
        var attributes: [Attribute] = [
            Attribute("alert_id", .string(alertID)), Attribute("engine", .string("varve")), Attribute("rule", .string(rule)),
            Attribute("rule_version", .string(version)), Attribute("name", .string(name)),
            Attribute("severity", .string(severity.rawValue)), Attribute("labels", .json(labels.json)),
            Attribute("pending_at", .string(change.pendingAt.text)), Attribute("window_from", .string(window.lowerBound.text)),
            Attribute("window_to", .string(window.upperBound.text)), Attribute("view", .string(view)),
            Attribute("view_version", .int64(Int64(viewVersion))), Attribute("late", .bool(isLate)),
            Attribute("channels", .string(channels.joined(separator: ","))),
            Attribute("log_offset", .int64(Int64(clamping: offset.value))),
        ]
        func add(_ name: String, _ value: Double?) {
            if let value, value.isFinite { attributes.append(Attribute(name, .double(value))) }
        }
        add("value", change.value)
        add("threshold", change.threshold)
        add("peak", change.peak)
        if let firing = change.firingAt { attributes.append(Attribute("firing_at", .string(firing.text))) }
        if let viewHash { attributes.append(Attribute("view_hash", .string(viewHash))) }
        if let playbook { attributes.append(Attribute("playbook", .string(playbook))) }
        if !annotations.isEmpty { attributes.append(Attribute("annotations", .json(PlainStrings.object(annotations)))) }
        if !ruleLabels.isEmpty { attributes.append(Attribute("rule_labels", .json(PlainStrings.object(ruleLabels)))) }
        return attributes
    }

    /// From an event; nil for one that alerting did not write.
    init?(_ event: Event, at place: Offset) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name] { text } else { nil }
        }
        func number(_ name: String) -> Double? {
            switch event[attribute: name] {
            case .double(let value)?: value
            case .int64(let value)?: Double(value)
            default: nil
            }
        }
        // Anybody who may append events can write such a one: its moments are near enough to reckon with, or none.
        func near(_ time: Timestamp) -> Timestamp? { time.nanoseconds.magnitude <= 1 << 62 ? time : nil }
        func moment(_ name: String) -> Timestamp? { text(name).flatMap { MomentText($0) }.flatMap { near($0.timestamp) } }
        let kind =
            event.signal == AlertSignals.retracted
            ? text("kind").flatMap { AlertChange.Kind(rawValue: $0) } : AlertSignals.kind(event.signal)
        guard text("engine") == "varve", near(event.time) != nil, let kind,
            let alertID = text("alert_id"), let rule = text("rule"),
            let severity = text("severity").flatMap({ AlertSeverity(rawValue: $0) }), let pendingAt = moment("pending_at"),
            let from = moment("window_from"), let to = moment("window_to"), from <= to,
            case .json(let labels)? = event[attribute: "labels"], case .int64(let offset)? = event[attribute: "log_offset"],
            offset >= 0
        else { return nil }
        self.alertID = alertID
        self.rule = rule
        version = text("rule_version") ?? ""
        name = text("name") ?? rule
        self.severity = severity
        self.labels = AlertLabels(json: labels)
        change = AlertChange(
            kind: kind, at: event.time, value: number("value"), threshold: number("threshold"), pendingAt: pendingAt,
            firingAt: moment("firing_at"), peak: number("peak"))
        window = from..<to
        view = text("view") ?? ""
        if case .int64(let version)? = event[attribute: "view_version"] {
            viewVersion = Int(clamping: version)
        } else {
            viewVersion = 1
        }
        self.offset = Offset(UInt64(offset))
        viewHash = text("view_hash")
        if case .bool(true)? = event[attribute: "late"] { isLate = true } else { isLate = false }
        message = text("message") ?? ""
        channels = text("channels")?.split(separator: ",").map(String.init) ?? []
        playbook = text("playbook")
        resolvedBy = text("resolved_by") ?? "rule"
        if case .json(let json)? = event[attribute: "annotations"] { annotations = PlainStrings.pairs(json) }
        if case .json(let json)? = event[attribute: "rule_labels"] { ruleLabels = PlainStrings.pairs(json) }
        isRetraction = event.signal == AlertSignals.retracted
        self.place = place
    }
}
