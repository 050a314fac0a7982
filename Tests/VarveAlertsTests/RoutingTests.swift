import Foundation
import Logging
import Testing
import VarveEvents
import VarveLog
import VarveProjections
import VarveSettings
import VarveWorkspace

@testable import VarveAlerts

/// Who is told of which alert, and when.
struct RoutingTests {
    private func routing(_ text: String) throws -> AlertRouting {
        try AlertRouting.read(SettingsNode.parse(text, file: "r.yaml"), channels: ["slack", "pager", "phone", "db", "boss"])
    }

    private func alert(
        _ rule: String, _ severity: AlertSeverity, _ labels: [String: String] = [:], own: [String] = [], at second: Int = 0
    ) -> SaidChange {
        var made = AlertRule(
            id: rule, name: rule, severity: severity, source: RuleSource(view: "requests", column: "requests"),
            test: .number(.greater, 1))
        made.channels = own
        made.labels = ["team": labels["team"] ?? "web"]
        let set = AlertLabels(labels.filter { $0.key != "team" }.map { AlertLabels.Label(name: $0.key, value: $0.value) })
        let time = Minutes.time(0) + .seconds(second)
        let change = AlertChange(kind: .firing, at: time, value: 2, threshold: 1, pendingAt: time, firingAt: time, peak: 2)
        return SaidChange(
            AlertOutput(rule: made, labels: set, change: change, kind: .new), offset: Offset(0), viewVersion: 1, viewHash: nil)
    }

    private static let tree = """
        zone: Europe/Berlin
        routes:
          - match: [severity=critical]
            channels: [pager]
            escalate: [{after: 15m, channels: [phone]}, {after: 45m, channels: [boss]}]
            continue: true
          - match: [team=db]
            channels: [db]
            routes:
              - {match: [host~primary], channels: [db, boss]}
              - {hours: "mon-fri 08:00-18:00"}
          - channels: [slack]
        """

    @Test func `the tree decides, from the top`() throws {
        let routing = try routing(Self.tree)
        let time = Minutes.time(0)
        func channels(_ alert: SaidChange) -> [String] { routing.decision(alert, at: time).channels }
        #expect(channels(alert("a", .warning)) == ["slack"])
        #expect(channels(alert("a", .critical)) == ["pager", "slack"], "it goes on")
        #expect(channels(alert("a", .warning, ["team": "db"])) == ["db"], "a node without channels has those above it")
        #expect(channels(alert("a", .warning, ["team": "db", "host": "primary-1"])) == ["db", "boss"])
        #expect(
            channels(alert("a", .warning, own: ["phone", "slack"])) == ["phone", "slack"], "the rule's own come first, each once")
        let steps = routing.decision(alert("a", .critical), at: time).escalation
        #expect(steps.map { $0.after / 60_000_000_000 } == [15, 45] && steps[1].channels == ["boss"])
        #expect(try self.routing("{routes: []}").decision(alert("a", .info), at: time).channels.isEmpty)
    }

    @Test func `hours are of a zone, and may go over midnight`() throws {
        // Minutes begin on Monday 2 March 2026 at 10:00 UTC: 11:00 in Berlin.
        func holds(_ text: String, _ hours: Int, _ zone: String? = nil) throws -> Bool {
            try #require(RouteHours(text)).contains(Minutes.time(hours * 60), in: zone)
        }
        #expect(try holds("mon-fri 08:00-18:00", 0) && !holds("mon-fri 08:00-18:00", 8) && !holds("mon-fri 08:00-18:00", 5 * 24))
        #expect(
            try holds("10:00-11:00", 0) && !holds("10:00-11:00", 0, "Europe/Berlin") && holds("11:00-12:00", 0, "Europe/Berlin"))
        #expect(try holds("mon 22:00-06:00", 13) && holds("mon 22:00-06:00", 19) && !holds("mon 22:00-06:00", 37))
        #expect(try holds("sat,sun", 5 * 24) && !holds("sat,sun", 0) && holds("fri-mon", 0))
        for text in [
            "", "monday", "08:00", "8:00-9:00", "25:00-26:00", "mon-fri 08:00-18:00 x", "10:00-10:00", "08:00-09:00 mon",
        ] {
            #expect(RouteHours(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        ("{routes: [{channels: [fax]}]}", "there is no channel \"fax\""), ("{zone: Nowhere}", "is no zone"),
        ("{routes: [{hours: never}]}", "hours are like"), ("{routes: [{match: [\"a\"]}]}", "a"),
        ("{routes: [{escalate: [{after: 5m, channels: [boss]}, {after: 5m, channels: [boss]}]}]}", "one after the other"),
        ("{inhibit: [{source: [a=b]}]}", "lacks the key \"target\""), ("{rout: []}", "unknown key"),
    ])
    func `what is wrong is said with its place`(text: String, wanted: String) {
        #expect { _ = try routing(text) } throws: { error in "\(error)".contains(wanted) }
    }

    @Test func `an alert keeps others quiet that say the same`() throws {
        let routing = try routing("{inhibit: [{source: [rule=down], target: [severity=warning], equal: [host]}]}")
        let down = alert("down", .critical, ["host": "a"])
        #expect(routing.inhibitor(of: alert("slow", .warning, ["host": "a"]), among: [down]) == "down")
        #expect(routing.inhibitor(of: alert("slow", .warning, ["host": "b"]), among: [down]) == nil)
        #expect(routing.inhibitor(of: alert("slow", .critical, ["host": "a"]), among: [down]) == nil)
    }

    @Test func `who was chosen once stays chosen, and the end goes to those who were told`() async throws {
        let sink = try await HTTPSink.start()
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-route-\(UUID().uuidString)").path(
            percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var settings = DeliverySettings()
        let text = "{slack: {kind: webhook, url: \"\(sink.url)/slack\"}, pager: {kind: webhook, url: \"\(sink.url)/pager\"}}"
        settings.channels = try ChannelSettings.read(
            SettingsNode.parse(text, file: "c"), file: { _ in "" }, variable: { _ in nil })
        let system = try await Workspace.open(at: path)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let notifier = Notifier(settings, system: system, log: NotificationLog(), logger: logger)
        var firing = alert("a", .critical)
        #expect(await notifier.channels(firing, .firing, ["slack"]) == ["slack"])
        firing.channels = ["slack"]
        await notifier.tell([AlertNotice(status: .firing, alerts: [firing], dashboard: nil)]) { _ in nil }
        // Later in the day the routes would say another one.
        let again = Notifier(settings, system: system, log: try NotificationLog.read(LogReader.open(at: path)), logger: logger)
        #expect(await again.channels(alert("a", .critical), .firing, ["pager"]) == ["slack"])
        var over = firing
        over.change.kind = .resolved
        over.channels = []
        #expect(await again.channels(over, .resolved, ["pager"]) == ["pager", "slack"])
        // An escalation tells each further channel once.
        var notice = AlertNotice(status: .firing, alerts: [firing], dashboard: nil)
        notice.waited = 900_000_000_000
        #expect(notice.text.hasSuffix("nobody has taken it on for 15m"))
        for _ in 0..<3 { await again.escalate(notice, to: ["slack", "pager"]) { _ in nil } }
        let log = try NotificationLog.read(LogReader.open(at: path))
        #expect(log.channels(firing, .firing) == ["slack", "pager"])
        var count = 0
        let reader = try LogReader.open(at: path)
        try reader.scan(0..<reader.durable().value) { count += $0.rowCount }
        #expect(count == 2, "one for each channel, not \(count)")
        try await system.close()
        try await sink.stop()
    }
}
