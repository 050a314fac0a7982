import Foundation
import Logging
import Testing
import VarveEvents
import VarveLog
import VarveOutbound
import VarveSettings
import VarveTestSupport
import VarveWorkspace

@testable import VarveAlerts

struct NotifierTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func settings(_ channels: String) throws -> DeliverySettings {
        var settings = DeliverySettings()
        settings.channels = try ChannelSettings.read(
            SettingsNode.parse(channels, file: "c.yaml"), file: { _ in "0123456789abcdef0123456789abcdef\n" },
            variable: { $0 == "HOOK" ? "/hook-secret" : nil })
        settings.addresses = AddressRules(allow: [AddressBlock("127.0.0.0/8")].compactMap { $0 })
        settings.backoff.first = 0.05
        settings.backoff.attempts = 5
        return settings
    }

    private func workspace() async throws -> (Workspace, String) {
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-alerts-\(UUID().uuidString)").path(
            percentEncoded: false)
        return (try await Workspace.open(at: path), path)
    }

    /// The events of the system's log: what happened, attempt and reason.
    private func events(_ path: String) throws -> [Event] {
        var all: [Event] = []
        let reader = try LogReader.open(at: path)
        try reader.scan(0..<reader.durable().value) { batch in batch.forEachEvent { _, event in all.append(event) } }
        return all
    }

    private func notice(_ status: AlertNotice.Status = .firing, channels: [String]) throws -> AlertNotice {
        var notice = try BodyTests.notice(status)
        notice.alerts[0].channels = channels
        return notice
    }

    /// Tells, and waits until as many steps as `count` were recorded.
    private func deliver(
        _ settings: DeliverySettings, _ notices: [AlertNotice], _ count: Int, silenced: String? = nil
    ) async throws -> [Event] {
        let (system, path) = try await workspace()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let notifier = Notifier(settings, system: system, log: NotificationLog(), logger: Self.quiet)
        let task = Task { await notifier.run() }
        await notifier.tell(notices) { _ in silenced }
        var found = try events(path)
        try await waitUntil {
            found = try events(path)
            return found.count >= count
        }
        notifier.stop()
        task.cancel()
        await task.value
        try await system.close()
        return found
    }

    private func steps(_ events: [Event]) -> [String] {
        events.map { event in
            var text = String(event.signal.dropFirst("notification.".count))
            if case .string(let cause)? = event[attribute: "cause"] { text += " \(cause)" }
            return text
        }
    }

    @Test func `what fails is tried again, after as long as the receiver says, and under the same key`() async throws {
        let sink = try await HTTPSink.start([(500, nil), (429, "1"), (200, nil)])
        let begin = ContinuousClock().now
        let found = try await deliver(
            settings("ops: {kind: webhook, url: \"\(sink.url)${HOOK}\"}"), [notice(channels: ["ops"])], 4)
        #expect(steps(found) == ["intended", "retried receiver", "retried rate_limited", "delivered"])
        #expect(ContinuousClock().now - begin > .seconds(1))
        let requests = sink.requests
        #expect(requests.count == 3 && Set(requests.map(\.key)).count == 1 && Set(requests.map(\.body)).count == 1)
        #expect(requests[0].path == "/hook-secret" && requests[0].body.contains("\"version\":\"4\""))
        #expect(found.allSatisfy { !"\($0)".contains("hook-secret") }, "an address is a secret")
        try await sink.stop()
    }

    @Test func `what is refused goes to the fallback, and every channel has its body`() async throws {
        let (broken, good) = (try await HTTPSink.start([(404, nil)]), try await HTTPSink.start())
        let text = """
            slack: {kind: slack, url: "\(broken.url)/s", fallback: pager}
            pager: {kind: pagerduty, url: "\(good.url)/v2/enqueue", key_file: k}
            prometheus: {kind: alertmanager, url: "\(good.url)/"}
            """
        let found = try await deliver(settings(text), [notice(channels: ["slack", "prometheus", "none"])], 7)
        #expect(
            steps(found).sorted() == [
                "delivered", "delivered", "failed refused", "intended", "intended", "intended", "suppressed",
            ])
        #expect(broken.requests.count == 1 && broken.requests[0].body.contains("attachments"))
        let paths = good.requests.map(\.path).sorted()
        #expect(paths == ["/api/v2/alerts", "/v2/enqueue"])
        let pager = try #require(good.requests.first { $0.path == "/v2/enqueue" })
        #expect(pager.body.contains("\"routing_key\":\"0123456789abcdef0123456789abcdef\""))
        try await broken.stop()
        try await good.stop()
    }

    @Test func `a receiver that does not answer is a timeout`() async throws {
        let sink = try await HTTPSink.start([(0, nil)])
        var request = OutboundRequest(url: Secret(sink.url), body: [])
        request.timeoutSeconds = 1
        let open = AddressRules(allow: [AddressBlock("127.0.0.1")].compactMap { $0 })
        let outcome = await OutboundHTTP(open).send(request)
        guard case .retry(nil, .timeout, _) = outcome else { Issue.record("\(outcome)"); return }
        try await sink.stop()
        let gone = await OutboundHTTP(open).send(request)
        guard case .retry(nil, .connection, _) = gone else { Issue.record("\(gone)"); return }
    }

    @Test func `who is silenced is not told, and who was told is told the end`() async throws {
        let sink = try await HTTPSink.start()
        let settings = try settings("ops: {kind: webhook, url: \"\(sink.url)\"}")
        let silenced = try await deliver(
            settings, [notice(channels: ["ops"]), notice(.resolved, channels: ["ops"])], 2, silenced: "silence 1")
        #expect(steps(silenced) == ["suppressed", "suppressed"] && sink.requests.isEmpty)
        let told = try await deliver(settings, [notice(channels: ["ops"]), notice(.resolved, channels: ["ops"])], 4)
        #expect(steps(told).filter { $0 == "delivered" }.count == 2 && sink.requests.count == 2)
        try await sink.stop()
    }

    @Test func `a kill between the record and the answer sends it again under the same key`() async throws {
        let sink = try await HTTPSink.start([(500, nil)])
        let settings = try settings("ops: {kind: webhook, url: \"\(sink.url)\"}")
        let notice = try notice(channels: ["ops"])
        let (system, path) = try await workspace()
        defer { try? FileManager.default.removeItem(atPath: path) }
        // The first one records that it will, and never runs.
        await Notifier(settings, system: system, log: NotificationLog(), logger: Self.quiet).tell([notice]) { _ in nil }
        for round in 0..<2 {
            let log = try NotificationLog.read(LogReader.open(at: path))
            let notifier = Notifier(settings, system: system, log: log, logger: Self.quiet)
            let task = Task { await notifier.run() }
            await notifier.tell([notice]) { _ in nil }
            try await waitUntil { try steps(events(path)).contains("delivered") }
            notifier.stop()
            task.cancel()
            await task.value
            // What was delivered is not delivered again.
            #expect(sink.requests.count == 2, "round \(round)")
        }
        #expect(Set(sink.requests.map(\.key)).count == 1)
        #expect(steps(try events(path)) == ["intended", "intended", "retried receiver", "delivered"])
        try await system.close()
        try await sink.stop()
    }

    @Test(arguments: [
        ("a: {kind: slack}", "needs url or url_file"), ("a: {kind: pagerduty}", "needs key"),
        ("a: {kind: fax}", "must be one of"),
        ("a: {kind: slack, url: x, url_file: y}", "one thing"), ("a: {kind: slack, url: \"${NONE}\"}", "no NONE"),
        ("a: {kind: email, to: [a@b], from: \"x\"}", "no mail address"), ("a: {kind: console, fallback: b}", "no other channel"),
        ("a: {kind: slack, url: x, colour: y}", "unknown key"),
    ])
    func `a channel that is set up wrongly is told of, without its secret`(text: String, wanted: String) {
        #expect {
            _ = try settings(text)
        } throws: { error in
            "\(error)".contains(wanted)
        }
    }
}
