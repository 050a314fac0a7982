internal import VarveEvents
internal import VarveLog
internal import VarveWire

/// What was said to whom, as a fold of the `notification.*` events of the system's log.
struct NotificationLog: Sendable {
    /// One alert's change on one channel.
    struct Said: Hashable, Sendable {
        var channel: String
        var status: String
        var alertID: String
        /// Nanoseconds of the evaluation.
        var at: Int64
    }

    static let intended = "notification.intended"
    static let delivered = "notification.delivered"
    static let retried = "notification.retried"
    static let failed = "notification.failed"
    static let suppressed = "notification.suppressed"

    /// Of which it is known what became of them.
    private(set) var settled: Set<Said> = []
    /// One alert's change.
    private struct Occasion: Hashable, Sendable {
        var status: String
        var alertID: String
        var at: Int64
    }

    /// The channels that were chosen for a change, in order.
    private var chosen: [Occasion: [String]] = [:]
    /// Channels that were told that an alert fires, by its id.
    private(set) var told: [String: Set<String>] = [:]
    /// Where the message stands that says that an alert fires, by channel and the alert's id.
    private var places: [String: [String: MessagePlace]] = [:]

    static func read(_ reader: LogReader) throws -> NotificationLog {
        var log = NotificationLog()
        var filter = LogFilter()
        filter.signals = ["notification.*"]
        try reader.snapshot().scanAll(where: filter) { batch in batch.forEachEvent { _, event in log.add(event) } }
        return log
    }

    mutating func add(_ event: Event) {
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name] { text } else { nil }
        }
        guard let channel = text("channel"), let status = text("status"), case .json(let ids)? = event[attribute: "alerts"],
            case .int64(let at)? = event[attribute: "evaluation"]
        else { return }
        if event.signal == Self.delivered, status == AlertNotice.Status.firing.rawValue {
            let place = text("message_conversation").flatMap { conversation in
                text("message_id").map { MessagePlace(conversation: conversation, message: $0) }
            }
            for id in PlainStrings.list(ids) { places[channel, default: [:]][id] = place }
        }
        defer {
            if event.signal == Self.delivered, status == AlertNotice.Status.resolved.rawValue {
                for id in PlainStrings.list(ids) { places[channel]?[id] = nil }
            }
        }
        for id in PlainStrings.list(ids) {
            if event.signal == Self.intended || event.signal == Self.suppressed {
                let occasion = Occasion(status: status, alertID: id, at: at)
                if chosen[occasion]?.contains(channel) != true { chosen[occasion, default: []].append(channel) }
            }
            switch event.signal {
            case Self.intended where status == AlertNotice.Status.firing.rawValue: told[id, default: []].insert(channel)
            case Self.delivered, Self.failed, Self.suppressed:
                settled.insert(Said(channel: channel, status: status, alertID: id, at: at))
                if event.signal == Self.delivered, status == AlertNotice.Status.resolved.rawValue { told[id]?.remove(channel) }
            default: continue
            }
        }
    }

    /// The channels that were chosen for a change before; what was chosen once stays, whatever the time of day is later.
    func channels(_ alert: SaidChange, _ status: AlertNotice.Status) -> [String] {
        chosen[Occasion(status: status.rawValue, alertID: alert.alertID, at: alert.change.at.nanoseconds)] ?? []
    }

    /// The messages of a channel that said that these alerts fire, and whether nothing else that they say fires any more.
    func places(of alerts: [SaidChange], on channel: String) -> [MessagePlace: Bool] {
        guard let known = places[channel] else { return [:] }
        let ids = Set(alerts.map(\.alertID))
        var found: [MessagePlace: Bool] = [:]
        for place in ids.compactMap({ known[$0] }) {
            found[place] = known.allSatisfy { $0.value != place || ids.contains($0.key) }
        }
        return found
    }

    func isSettled(_ alert: SaidChange, _ status: AlertNotice.Status, on channel: String) -> Bool {
        settled.contains(
            Said(channel: channel, status: status.rawValue, alertID: alert.alertID, at: alert.change.at.nanoseconds))
    }

    /// The event of a step of a delivery.
    static func event(
        _ signal: String, _ notice: AlertNotice, channel: String, key: String, at time: Timestamp,
        _ more: [Attribute] = []
    ) -> Event {
        let attributes: [Attribute] = [
            Attribute("alerts", .json(JSONLine.array(notice.alerts.map { JSONLine.string($0.alertID) }))),
            Attribute("channel", .string(channel)), Attribute("evaluation", .int64(notice.at.nanoseconds)),
            Attribute("key", .string(key)), Attribute("rule", .string(notice.rule)),
            Attribute("severity", .string(notice.severity.rawValue)), Attribute("status", .string(notice.status.rawValue)),
        ]
        return Event(time: time, signal: signal, attributes: (attributes + more).sorted { $0.name < $1.name })
    }
}
