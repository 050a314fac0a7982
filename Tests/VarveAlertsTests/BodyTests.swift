import Foundation
import Testing
import VarveEvents
import VarveOutbound

@testable import VarveAlerts

struct BodyTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/alerts")

    static func notice(_ status: AlertNotice.Status) throws -> AlertNotice {
        var rule = try #require(BuiltInRules.all.first { $0.id == "queue_backlog" })
        rule.channels = ["ops"]
        let labels = AlertLabels([AlertLabels.Label(name: "queue", value: "logs <1>")])
        let isFiring = status == .firing
        let change = AlertChange(
            kind: isFiring ? .firing : .resolved, at: Minutes.time(isFiring ? 16 : 21), value: isFiring ? 1_001 : 3,
            threshold: 1_000, pendingAt: Minutes.time(11), firingAt: Minutes.time(16), peak: 1_001)
        let output = AlertOutput(rule: rule, labels: labels, change: change, kind: .new)
        let said = SaidChange(output, offset: Offset(7), viewVersion: 1, viewHash: nil)
        return AlertNotice(status: status, alerts: [said], dashboard: "https://varve.example.org/")
    }

    private func expect(_ body: String, _ file: String) throws {
        let id = AlertLabels([AlertLabels.Label(name: "queue", value: "logs <1>")]).alertID(of: "queue_backlog")
        let golden = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
            .replacing("queue_backlog-ID", with: id).replacing("FINGERPRINT", with: String(id.suffix(16)))
        let wanted = try #require(try JSONSerialization.jsonObject(with: Data(golden.utf8)) as? NSObject)
        let found = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? NSObject)
        #expect(found == wanted, "\(file): \(body)")
    }

    @Test func `bodies are those of the public descriptions`() throws {
        let (firing, resolved) = (try Self.notice(.firing), try Self.notice(.resolved))
        try expect(MessageBodies.webhook(firing, receiver: "ops"), "webhook-firing.json")
        try expect(MessageBodies.slack(firing), "slack-firing.json")
        try expect(MessageBodies.slack(resolved), "slack-resolved.json")
        let key = "0123456789abcdef0123456789abcdef"
        try expect(MessageBodies.pagerDuty(firing.alerts[0], firing, routingKey: key), "pagerduty-trigger.json")
        #expect(MessageBodies.pagerDuty(resolved.alerts[0], resolved, routingKey: key).contains("\"event_action\":\"resolve\""))
        try expect(MessageBodies.alertmanager(resolved, endsAt: "never"), "alertmanager-resolved.json")
        try expect(MessageBodies.teams(firing), "teams-firing.json")
        try expect(MessageBodies.discord(resolved), "discord-resolved.json")
        try expect(MessageBodies.ntfy(firing, topic: "varve-ops"), "ntfy-firing.json")
        #expect(
            MessageBodies.plain(firing.alerts[0]).hasPrefix("{\"rule\":\"queue_backlog\",\"timestamp\":\"2026-03-02T10:16:00Z\""))
        #expect(MessageBodies.labelName("1a-b.c") == "_1a_b_c")
    }

    @Test func `an event of an alert with a moment that no sum holds is none of an alert`() throws {
        let event = try Self.notice(.resolved).alerts[0].event(count: 0)
        #expect(SaidChange(event, at: Offset(0))?.event(count: 0)[attribute: "open_s"] == .double(300))
        for name in ["pending_at", "firing_at", "window_from", "window_to"] {
            for moment in ["-9223372036854", "9223372036854"] {
                let attributes = event.attributes.map { $0.name == name ? Attribute(name, .string(moment)) : $0 }
                let forged = Event(time: event.time, signal: event.signal, id: event.id, attributes: attributes)
                let change = SaidChange(forged, at: Offset(0))
                // What has not fired is not open for any time.
                #expect(name == "firing_at" ? change?.change.firingAt == nil && change != nil : change == nil)
                #expect(change?.event(count: 0)[attribute: "open_s"] == nil)
            }
        }
    }

    @Test func `what was said of an alert stands in the order of event time, and once`() throws {
        let one = try Self.notice(.firing).alerts[0]
        func at(_ minute: Int, _ kind: AlertChange.Kind) -> SaidChange {
            var change = one
            change.change.at = Minutes.time(minute)
            change.change.kind = kind
            return change
        }
        var history = AlertHistory()
        for minute in [5, 1, 9, 5, 3, 7, 1, 9] {
            history.add(at(minute, .firing))
            history.add(at(minute, .resolved))
        }
        let said = history.changes(ofAlert: one.alertID)
        #expect(said.map(\.change.at) == [1, 1, 3, 3, 5, 5, 7, 7, 9, 9].map { Minutes.time($0) })
        #expect(said.map(\.change.kind) == (0..<10).map { $0 % 2 == 0 ? AlertChange.Kind.firing : .resolved })
    }

    @Test(arguments: [
        (300, "300"), (-0.05, "-0.05"), (-9_223_372_036_854_775_808, "-9.223372036854776e+18"), (1e300, "1e+300"),
    ])
    func `every number can be said`(number: Double, text: String) {
        #expect(NumberText.short(number) == text && NumberText.people(number) == text)
    }

    @Test func `mail has the document's lines, and a thread`() throws {
        var settings = ChannelSettings.console
        (settings.from, settings.to) = ("varve@example.org", ["ops@example.org", "b@example.org"])
        let channel = Channel(settings, AddressRules())
        let firing = channel.mail(try Self.notice(.firing), Minutes.time(16))
        let text = String(decoding: firing.bytes, as: UTF8.self)
        for line in [
            "Subject: [WARNING] Queue Backlog Too Large\r\n", "Alert: Queue Backlog Too Large\r\n", "Severity: warning\r\n",
            "Time: 2026-03-02T10:16:00Z\r\n", "Dashboard: https://varve.example.org/\r\n",
            "To: ops@example.org,\r\n b@example.org\r\n", "Date: Mon, 02 Mar 2026 10:16:00 +0000\r\n",
        ] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
        let resolved = String(decoding: channel.mail(try Self.notice(.resolved), Minutes.time(21)).bytes, as: UTF8.self)
        #expect(resolved.contains("References: <\(firing.id)>\r\n") && text.contains("Message-ID: <\(firing.id)>\r\n"))
        #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 78 || !$0.hasPrefix("=") })
    }

    @Test func `an alert's id, which any event can say, adds no header and no line`() throws {
        var notice = try Self.notice(.resolved)
        notice.alerts[0].alertID = "a\r\nBcc: x@y\r\n\r\n<b> \u{7}ü"
        var settings = ChannelSettings.console
        (settings.from, settings.to) = ("varve@example.org", ["ops@example.org"])
        let text = String(decoding: Channel(settings, AddressRules()).mail(notice, Minutes.time(21)).bytes, as: UTF8.self)
        let head = text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
        #expect(!head.contains { $0.hasPrefix("Bcc") } && head.contains { $0.hasPrefix("Message-ID: <a__Bcc:_x@y_____b___") })
        #expect(head.contains { $0.hasPrefix("References: <a__Bcc:_x@y_____b___") && $0.hasSuffix(".firing@example.org>") })
        #expect(Channel.plain("a\nb\r\n\u{1B}[2J\u{202E}c é") == "a\n    b\n    \u{FFFD}[2J\u{FFFD}c é")
    }

    @Test func `what a subject or a line could break is encoded`() {
        let message = MailMessage(
            from: "a@b", to: ["c@d"], subject: "Grün\r\nBcc: x@y", text: ".\n" + String(repeating: "ä", count: 90) + " \n=",
            id: "1@b",
            thread: nil, date: 0)
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(!text.contains("\r\nBcc:") && text.contains("Subject: =?utf-8?B?"))
        #expect(text.contains("\r\n=2E\r\n") && text.contains("=20\r\n") && text.hasSuffix("=3D\r\n"))
        #expect(text.split(separator: "\r\n").allSatisfy { $0.utf8.count <= 76 })
        #expect(MailAddress.isOne("a.b+c@example.org"))
        for text in ["", "a", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: x", "-oX@b", "a@b,c@d"] {
            #expect(!MailAddress.isOne(text))
        }
    }
}
