import Foundation
import Testing
import VarveAlerts
import VarveEvents
import VarvePages
import VarveProjections
import VarveWorkspace

@Suite(.serialized) struct AlertPageTests {
    private static let end: Int64 = 1_767_830_340_000_000_000
    private static let rule = "high_rollback_rate"

    private static func time(_ minutes: Int64) -> Timestamp { Timestamp(nanoseconds: end - minutes * 60_000_000_000) }

    /// What the server appends when the rule's alert changes.
    private static func said(_ signal: String, at minutes: Int64, firing: Int64? = nil) -> Event {
        let version = BuiltInRules.all.first { $0.id == rule }?.version ?? ""
        var attributes: [Attribute] = [
            Attribute("alert_id", .string("\(rule)-1")), Attribute("channels", .string("slack,email")),
            Attribute("engine", .string("varve")), Attribute("labels", .json("{\"component\":\"PaymentButton\"}")),
            Attribute("log_offset", .int64(100)), Attribute("message", .string("Rollbacks are 0.42, alerts > 0.1")),
            Attribute("name", .string("High Rollback Rate")), Attribute("pending_at", .string(ClockOf.iso(time(200)))),
            Attribute("rule", .string(rule)), Attribute("rule_version", .string(version)),
            Attribute("severity", .string("warning")), Attribute("threshold", .double(0.1)), Attribute("value", .double(0.42)),
            Attribute("view", .string("rollback_rate")), Attribute("view_version", .int64(1)),
            Attribute("window_from", .string(ClockOf.iso(time(215)))), Attribute("window_to", .string(ClockOf.iso(time(200)))),
        ]
        if let firing { attributes.append(Attribute("firing_at", .string(ClockOf.iso(time(firing))))) }
        return Event(time: time(minutes), signal: signal, attributes: attributes.sorted { $0.name < $1.name })
    }

    /// Switches the rule on, lets it fire, and resolves it. Returns where the log ended behind each.
    private func story(_ folder: PageFolder) async throws -> (on: UInt64, fired: UInt64, over: UInt64) {
        let on = Event(
            time: Self.time(240), signal: "config.changed",
            attributes: [
                Attribute("key", .string("alerts.rules.\(Self.rule).enabled")), Attribute("value", .string("true")),
            ])
        try await folder.workspace.append([on])
        let first = try await folder.workspace.durable().value
        try await folder.workspace.append([Self.said("alert.triggered", at: 195, firing: 195)])
        let second = try await folder.workspace.durable().value
        try await folder.workspace.append([Self.said("alert.resolved", at: 100, firing: 195)])
        return (first, second, try await folder.workspace.durable().value)
    }

    @Test func `alerts are what was said of them by then`() async throws {
        try await PageFolder.with(events: 600) { folder in
            let at = try await story(folder)
            let before = try await folder.page("/alerts?at=\(at.on - 1)").html
            #expect(before.contains("No rule is on.") && !before.contains("PaymentButton</small>"))
            let on = try await folder.page("/alerts?at=\(at.on)").html
            #expect(on.contains("No alert is open.") && on.contains("No alert fires"))
            let fired = try await folder.page("/alerts?at=\(at.fired)").html
            #expect(
                fired.contains("1 alert fires") && fired.contains("component PaymentButton") && fired.contains("42.0\u{202F}%"))
            #expect(fired.contains("data-status=\"warning\">warning</span>"))
            let overview = try await folder.page("/?at=\(at.fired)").html
            #expect(overview.contains("Open alerts") && overview.contains("firing: </span>1</span>"))
            // The strip of the time machine has it from the offset at which it fired.
            let strip = fired.components(separatedBy: "class=\"tr chart\"").last?.components(separatedBy: "</svg>").first ?? ""
            #expect(strip.contains("class=\"fw\"") && !on.contains("class=\"fw\" x="))
            let over = try await folder.page("/alerts").html
            #expect(over.contains("No alert is open.") && over.contains("resolved</span>"))
            #expect(try await folder.page("/").html.contains("No alert is open."))
            // The same past, once more, after the present was folded.
            #expect(try await folder.page("/alerts?at=\(at.fired)").html == fired)
            let memory = PageSources()
            _ = try await folder.page("/alerts", memory)
            #expect(try await folder.page("/alerts?at=\(at.fired)", memory).html == fired)
        }
    }

    @Test func `an alert's page says where it comes from, and what the log says to it`() async throws {
        try await PageFolder.with(events: 600) { folder in
            let at = try await story(folder)
            let page = try await folder.page("/alerts/\(Self.rule)-1?at=\(at.fired)").html
            #expect(page.contains("/explore?view=rollback_rate&amp;column=rollback_rate&amp;where=component%3DPaymentButton"))
            #expect(page.contains("at=100") && page.contains("docs/playbooks/high_rollback_rate.md") == false)
            #expect(!page.contains("method=\"post\""), "the past has controls")
            let explained = try await folder.page("/alerts/\(Self.rule)-1?explain=1").html
            #expect(explained.contains("It differs") && explained.contains("the log gives"))
            #expect(try await folder.page("/alerts/other").html.contains("Nothing was said of an alert “other”"))
        }
    }

    @Test func `a rule says what it would have said, as the replay does`() async throws {
        try await PageFolder.with(events: 300) { folder in
            let rule = try #require(BuiltInRules.all.first { $0.id == Self.rule })
            // An hour before the end, thirty of forty actions are rolled back.
            try await folder.workspace.append(
                (0..<70).map { number in
                    Event(
                        time: Self.time(60), signal: number < 40 ? "optimistic_action.start" : "optimistic_action.rollback",
                        component: "PaymentButton")
                })
            let views = RuleViews(try await folder.workspace.views(projector: "main").map(\.view))
            let (from, to) = (Self.time(180), Self.time(10))
            let range = "&from=\(ClockOf.iso(from))&to=\(ClockOf.iso(to))"
            for (threshold, hold, wanted) in [(0.1, Int64(0), 1), (0.1, 300, 1), (0.99, 0, 0)] {
                var tried = rule
                tried.isEnabled = true
                tried.test = .number(.greater, threshold)
                tried.hold = hold * 1_000_000_000
                let asked = tried
                let replay = try await folder.workspace.run { [reader = folder.workspace.reader] in
                    try AlertReplay(reader).run([asked], views, from: from, to: to)
                }
                let address = "/alerts/rules/\(Self.rule)?threshold=\(threshold)&for=\(hold)s" + range
                let page = try await folder.page(address).html
                let words = wanted == 0 ? "It would not have fired" : "fired once</b>"
                #expect(replay.summary.fired == wanted && page.contains(words), "\(address): \(replay.summary.fired)")
            }
            let sweep = try await folder.page("/alerts/rules/\(Self.rule)?sweep=1" + range).html
            #expect(sweep.contains("Other thresholds and durations") && sweep.contains("threshold=0.2\""))
            for (query, word) in [("threshold=x", "threshold is a number"), ("for=x", "for is a duration")] {
                let wrong = try await folder.page("/alerts/rules/\(Self.rule)?\(query)")
                #expect(wrong.status == 422 && wrong.html.contains(word) && wrong.html.contains("value=\"x\""))
            }
            let long = try await folder.page("/alerts/rules/\(Self.rule)?from=2025-01-01").html
            #expect(long.contains("A range of more than 31 days is not tested here"))
            #expect(try await folder.page("/alerts/rules/nope").status == 404)
        }
    }

    @Test func `controls are there for who may use them, and not in the past`() async throws {
        try await PageFolder.with(events: 300) { folder in
            var sources = PageSources()
            let pages = ["/alerts", "/alerts/rules", "/alerts/rules/\(Self.rule)", "/incidents", "/incidents/inc-b", "/settings"]
            for page in pages {
                #expect(!(try await folder.page(page, sources)).html.contains("method=\"post\""), "\(page)")
            }
            sources.rights = Set(PageRight.allCases)
            sources.settings = ServerSettings()
            sources.settings?.tokens = [
                .init(id: "vt_1", name: PageFolder.evil, scopes: ["read"], created: Self.time(0), expires: nil)
            ]
            for page in pages {
                let html = try await folder.page(page, sources).html
                #expect(html.contains("method=\"post\""), "\(page)")
                #expect(html.contains("name=\"back\" value=\"\(page)\""), "\(page)")
                #expect(PageTests.isBalanced(html) && !html.contains("<script>"), "\(page)")
                let past = try await folder.page(page + "?at=200", sources).html
                #expect(!past.contains("method=\"post\""), "\(page) in the past")
            }
        }
    }

    @Test func `an incident is told from its events, and its past from those that were there`() async throws {
        try await PageFolder.with(events: 300) { folder in
            let page = try await folder.page("/incidents/inc-b").html
            #expect(
                page.contains("Investigating") && page.contains("now investigating") && page.contains("Note by &lt;script&gt;"))
            let at = page.matches(of: /at=(\d+)/).compactMap { UInt64($0.1) }.min() ?? 0
            let past = try await folder.page("/incidents/inc-b?at=\(at)").html
            #expect(past.contains("Opened: ") && !past.contains("now investigating") && !past.contains("Note by"))
            let list = try await folder.page("/incidents").html
            #expect(list.contains("1 incident is open") && list.contains("/incidents/inc-b\"") && list.contains("Disk full"))
            #expect(try await folder.page("/").html.contains("Open incidents"))
            let none = try await folder.page("/incidents/inc-b?at=10").html
            #expect(none.contains("The log has no event of an incident"))
        }
    }
}

enum ClockOf {
    static func iso(_ time: Timestamp) -> String {
        Date(timeIntervalSince1970: Double(time.nanoseconds) / 1e9).formatted(.iso8601)
    }
}
