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

/// Slack by its Web API: one message, changed when it is over, and its thread.
struct SlackTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Slack, as far as it is asked: each message has a number of its own.
    private static func slack(_ error: String? = nil) async throws -> HTTPSink {
        try await HTTPSink.start { taken in
            if let error, taken.path.hasSuffix("/chat.update") { return "{\"ok\":false,\"error\":\"\(error)\"}" }
            return "{\"ok\":true,\"channel\":\"C012AB3CD\",\"ts\":\"1503435956.000247\",\"message\":{\"text\":\"…\"}}"
        }
    }

    private func settings(_ url: String) throws -> DeliverySettings {
        var settings = DeliverySettings()
        let text = "ops: {kind: slack, url: \"\(url)/api\", token_file: t, channel: \"#ops\"}"
        settings.channels = try ChannelSettings.read(
            SettingsNode.parse(text, file: "c.yaml"), file: { _ in "xoxb-secret\n" }, variable: { _ in nil })
        settings.addresses = AddressRules(allow: [AddressBlock("127.0.0.0/8")].compactMap { $0 })
        settings.backoff.first = 0.05
        return settings
    }

    private func events(_ path: String) throws -> [Event] {
        var all: [Event] = []
        let reader = try LogReader.open(at: path)
        try reader.scan(0..<reader.durable().value) { batch in batch.forEachEvent { _, event in all.append(event) } }
        return all
    }

    /// Tells notices, each to a notifier of its own that knows only what the log says, as after a restart.
    private func tell(_ settings: DeliverySettings, _ notices: [AlertNotice]) async throws -> [Event] {
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-slack-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let system = try await Workspace.open(at: path)
        for notice in notices {
            let log = try await system.runQuestion { [reader = system.reader] in try NotificationLog.read(reader) }
            let notifier = Notifier(settings, system: system, log: log, logger: Self.quiet)
            let before = try events(path).count
            let task = Task { await notifier.run() }
            await notifier.tell([notice]) { _ in nil }
            try await waitUntil { try events(path).count >= before + 2 }
            notifier.stop()
            task.cancel()
            await task.value
        }
        try await system.close()
        return try events(path)
    }

    private func notice(_ status: AlertNotice.Status) throws -> AlertNotice {
        var notice = try BodyTests.notice(status)
        notice.alerts[0].channels = ["ops"]
        return notice
    }

    private func member(_ body: String, _ name: String) throws -> String? {
        let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
        return object?[name] as? String
    }

    @Test func `what fires is one message, which is changed when it is over, after a restart too`() async throws {
        let slack = try await Self.slack()
        let found = try await tell(settings(slack.url), [notice(.firing), notice(.resolved)])
        let requests = slack.requests
        #expect(requests.map(\.path) == ["/api/chat.postMessage", "/api/chat.update", "/api/chat.postMessage"])
        guard requests.count == 3 else { return }
        #expect(try member(requests[0].body, "channel") == "#ops" && member(requests[0].body, "ts") == nil)
        #expect(try member(requests[1].body, "channel") == "C012AB3CD" && member(requests[1].body, "ts") == "1503435956.000247")
        #expect(requests[1].body.contains("RESOLVED") && requests[1].body.contains("\"color\":\"good\""))
        #expect(try member(requests[2].body, "thread_ts") == "1503435956.000247")
        let delivered = found.filter { $0.signal == NotificationLog.delivered }
        #expect(delivered.count == 2 && delivered[0][attribute: "message_id"] == .string("1503435956.000247"))
        #expect(found.allSatisfy { !"\($0)".contains("xoxb") }, "a token is a secret")
        try await slack.stop()
    }

    @Test func `a message that was removed is not changed, and the end is told all the same`() async throws {
        let slack = try await Self.slack("message_not_found")
        let found = try await tell(settings(slack.url), [notice(.firing), notice(.resolved)])
        #expect(found.filter { $0.signal == NotificationLog.delivered }.count == 2)
        #expect(slack.requests.count == 3)
        try await slack.stop()
    }

    @Test func `a refusal with the status 200 is a refusal`() async throws {
        let slack = try await HTTPSink.start { _ in "{\"ok\":false,\"error\":\"channel_not_found\"}" }
        let found = try await tell(settings(slack.url), [notice(.firing)])
        #expect(found.map(\.signal) == [NotificationLog.intended, NotificationLog.failed])
        #expect(found.last?[attribute: "reason"] == .string("Slack says channel_not_found"))
        try await slack.stop()
    }

    @Test(arguments: [
        ("a: {kind: slack, token: t}", "needs channel"), ("a: {kind: slack, channel: c}", "needs token"),
        ("a: {kind: webhook, url: u, token: t}", "only a channel of the kind slack"),
    ])
    func `a token goes with a channel, and with Slack`(text: String, reason: String) throws {
        let error = #expect(throws: SettingsError.self) {
            try ChannelSettings.read(SettingsNode.parse(text, file: "c.yaml"), file: { _ in "" }, variable: { _ in nil })
        }
        #expect("\(error as Any)".contains(reason))
    }
}
