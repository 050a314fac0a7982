internal import Foundation
internal import VarveDisk
public import VarveEvents
public import VarveOutbound
internal import VarveProjections

/// One way out. An attempt cannot throw: whatever happens is an outcome, and is recorded.
public struct Channel: Sendable {
    public let settings: ChannelSettings
    private let http: OutboundHTTP
    private let rules: AddressRules
    /// How long a firing alert holds at an Alertmanager without being sent again.
    static let alertmanagerHold: Int64 = 300

    public init(_ settings: ChannelSettings, _ rules: AddressRules) {
        self.settings = settings
        http = OutboundHTTP(rules)
        self.rules = rules
    }

    /// Tries once to deliver `notice`. `key` names the message for a receiver that tells repeats by it.
    public func deliver(_ notice: AlertNotice, key: String, now: Timestamp) async -> DeliveryOutcome {
        await deliver(notice, key: key, now: now, places: [:]).outcome
    }

    /// - Parameter places: The messages that said that these alerts fire, and whether all of each is over with `notice`.
    /// - Returns: The outcome, and where the message stands, of a receiver that says so.
    func deliver(
        _ notice: AlertNotice, key: String, now: Timestamp, places: [MessagePlace: Bool]
    ) async -> (outcome: DeliveryOutcome, place: MessagePlace?) {
        guard settings.kind == .slack, let token = settings.token else {
            return (await tell(notice, key: key, now: now), nil)
        }
        let slack = SlackMessages(http: http, token: token, conversation: settings.conversation, base: settings.url)
        return await slack.deliver(notice, key: key, places: places)
    }

    private func tell(_ notice: AlertNotice, key: String, now: Timestamp) async -> DeliveryOutcome {
        switch settings.kind {
        case .webhook:
            return await post(MessageBodies.webhook(notice, receiver: settings.name), key)
        case .slack: return await post(MessageBodies.slack(notice), key)
        case .teams: return await post(MessageBodies.teams(notice), key)
        case .discord: return await post(MessageBodies.discord(notice), key)
        case .ntfy: return await publish(notice, key)
        case .alertmanager:
            let endsAt = now + .seconds(Self.alertmanagerHold)
            return await post(MessageBodies.alertmanager(notice, endsAt: endsAt.text), key, path: "/api/v2/alerts")
        case .pagerduty:
            guard let routing = settings.key else { return .refused(.configuration, "the channel has no key") }
            for alert in notice.alerts {
                let body = routing.with { MessageBodies.pagerDuty(alert, notice, routingKey: $0) }
                let outcome = await post(body, "\(key)|\(alert.alertID)")
                // Sent again, those that were taken are known by their keys.
                guard outcome == .delivered else { return outcome }
            }
            return .delivered
        case .email:
            if let server = settings.smtp { return await SMTPClient(server, rules).send(mail(notice, now)) }
            return await Sendmail(settings.sendmail).send(mail(notice, now))
        case .console:
            let text = Array("alert: \(Self.plain(notice.title)): \(Self.plain(notice.text))\n".utf8)
            text.withUnsafeBytes { try? ByteSink.standardError.write($0) }
            return .delivered
        }
    }

    /// For a terminal and a log of lines: further lines stand behind the first, and no letter does anything.
    static func plain(_ text: String) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\n    ")
        var plain = ""
        for letter in lines.unicodeScalars {
            let turns = (0x202A...0x202E).contains(letter.value) || (0x2066...0x2069).contains(letter.value)
            let acts = turns || letter.properties.generalCategory == .control && letter != "\n"
            plain.unicodeScalars.append(acts ? "\u{FFFD}" : letter)
        }
        return plain
    }

    /// A header's value, whatever ids are in it.
    static func header(_ text: String) -> String {
        String(decoding: text.utf8.prefix(240).map { $0 > 0x20 && $0 < 0x7F ? $0 : 0x5F }, as: UTF8.self)
    }

    /// The last part of ntfy's address is the topic, which its JSON wants beside the message.
    private func publish(_ notice: AlertNotice, _ key: String) async -> DeliveryOutcome {
        guard let url = settings.url else { return .refused(.configuration, "the channel has no url") }
        let parts = url.with { text -> (base: Secret, topic: String)? in
            guard let scheme = text.firstRange(of: "://"), let slash = text.lastIndex(of: "/"), slash >= scheme.upperBound else {
                return nil
            }
            let topic = String(text[text.index(after: slash)...])
            return topic.isEmpty ? nil : (Secret(String(text[...slash])), topic)
        }
        guard let parts else { return .refused(.configuration, "the channel's url names no topic, as https://ntfy.sh/TOPIC") }
        return await post(MessageBodies.ntfy(notice, topic: parts.topic), key, to: parts.base)
    }

    private func post(_ body: String, _ key: String, path: String = "") async -> DeliveryOutcome {
        guard let url = settings.url else { return .refused(.configuration, "the channel has no url") }
        let whole = url.with { text in
            path.isEmpty || text.hasSuffix(path)
                ? Secret(text) : Secret((text.hasSuffix("/") ? String(text.dropLast()) : text) + path)
        }
        return await post(body, key, to: whole)
    }

    private func post(_ body: String, _ key: String, to url: Secret) async -> DeliveryOutcome {
        var request = OutboundRequest(url: url, body: Array(body.utf8))
        request.headers = [("Content-Type", Secret("application/json")), ("Idempotency-Key", Secret(Self.header(key)))]
        request.headers += settings.headers
        return await http.send(request)
    }

    /// The document's message (A61). What an alert says later is in the thread of what it said first.
    func mail(_ notice: AlertNotice, _ now: Timestamp) -> MailMessage {
        var lines = [
            "Alert: \(notice.first?.name ?? notice.rule)", "Severity: \(notice.severity.rawValue)", "Time: \(notice.at.text)",
            "State: \(notice.status.rawValue)", "", notice.text, "",
        ]
        if let playbook = notice.first?.playbook { lines.append("Playbook: \(playbook)") }
        if let dashboard = notice.dashboard { lines.append("Dashboard: \(dashboard)") }
        let host = settings.from.split(separator: "@").last.map(String.init) ?? "localhost"
        let alert = notice.first?.alertID ?? notice.rule
        let fired = (notice.first?.change.firingAt ?? notice.at).nanoseconds / 1_000_000_000
        let thread = "\(alert).\(fired).firing@\(host)"
        let own = notice.status == .firing ? thread : "\(alert).\(fired).resolved@\(host)"
        return MailMessage(
            from: settings.from, to: settings.to, subject: notice.title, text: lines.joined(separator: "\n"), id: own,
            thread: notice.status == .firing ? nil : thread, date: Double(now.nanoseconds) / 1e9)
    }
}
