import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveProjections
import VarveSettings
import VarveWorkspace

@testable import VarveAlerts

/// Incidents that rules open, and people close.
struct IncidentTests {
    private func settings(_ text: String) throws -> IncidentSettings {
        try IncidentSettings.read(SettingsNode.parse(text, file: "i.yaml"))
    }

    private func changes(_ rule: String, path: String, firing: Int, resolved: Int?) -> [SaidChange] {
        var made = AlertRule(
            id: rule, name: "Rule \(rule)", severity: .critical, source: RuleSource(view: "requests", column: "requests"),
            test: .number(.greater, 1))
        made.channels = []
        let labels = AlertLabels([AlertLabels.Label(name: "path", value: path)])
        func said(_ kind: AlertChange.Kind, _ minute: Int) -> SaidChange {
            let change = AlertChange(
                kind: kind, at: Minutes.time(minute), value: 2, threshold: 1, pendingAt: Minutes.time(firing),
                firingAt: Minutes.time(firing), peak: 2)
            return SaidChange(
                AlertOutput(rule: made, labels: labels, change: change, kind: .new), offset: Offset(0), viewVersion: 1,
                viewHash: nil)
        }
        return [said(.firing, firing)] + (resolved.map { [said(.resolved, $0)] } ?? [])
    }

    private func history(_ changes: [[SaidChange]], upTo minute: Int) -> AlertHistory {
        var history = AlertHistory()
        for change in changes.flatMap({ $0 }) where change.change.at <= Minutes.time(minute) { history.add(change) }
        return history
    }

    @Test func `alerts open incidents, join them by fingerprint and time, and end them`() throws {
        let settings = try settings("{open: [severity=critical], join: [path], within: 10m}")
        let story = [
            changes("a", path: "/x", firing: 1, resolved: 5), changes("b", path: "/x", firing: 3, resolved: 8),
            changes("a", path: "/y", firing: 4, resolved: nil), changes("a", path: "/x", firing: 12, resolved: 14),
            changes("a", path: "/x", firing: 40, resolved: nil),
        ]
        var incidents = IncidentHistory()
        var events: [Event] = []
        for minute in 0...45 {
            let known = history(story, upTo: minute)
            // A kill in between asks twice.
            for _ in 0..<2 {
                let found = incidents.missing(known, settings, since: Minutes.time(-100), at: Minutes.time(minute))
                for event in found { incidents.add(event) }
                events += found
            }
        }
        #expect(Set(events.compactMap(\.id)).count == events.count, "each once")
        let all = incidents.all
        #expect(all.map { $0.alerts.count } == [3, 1, 1], "\(all.map(\.json))")
        #expect(all[0].title == "Rule a" && all[0].severity == "critical" && all[0].status == "resolved")
        #expect(
            all[0].resolvedAt == Minutes.time(14) && all[0].openedAt == Minutes.time(1), "opened again at 12, within ten minutes")
        #expect(all[1].isOpen && all[2].isOpen && all[2].openedAt == Minutes.time(40))
        #expect(all[0].respondedAt == nil, "what a rule says is nobody's response")
        // The fold of the events alone is the same.
        var folded = IncidentHistory()
        for event in events { folded.add(event) }
        #expect(folded.all == all)
        let none = try self.settings("{}")
        #expect(IncidentHistory().missing(history(story, upTo: 45), none, since: Minutes.time(0), at: Minutes.time(45)).isEmpty)
    }

    @Test func `an incident is closed with what is required, and its times are measured`() throws {
        let settings = try settings("{open: [severity=critical], require: [root_cause, resolution]}")
        var incidents = IncidentHistory()
        let story = [changes("a", path: "/", firing: 1, resolved: 9)]
        for minute in [2, 10] {
            let known = history(story, upTo: minute)
            for event in incidents.missing(known, settings, since: Minutes.time(0), at: Minutes.time(minute)) {
                incidents.add(event)
            }
        }
        var incident = try #require(incidents.all.first)
        #expect(incident.isOpen && incident.recoveredAt == Minutes.time(10), "it waits for words")
        func say(_ minute: Int, _ body: (inout IncidentChange) -> Void) throws {
            var change = IncidentChange()
            change.by = "ann"
            body(&change)
            incidents.add(try change.event(incident.id, incidents, settings, at: Minutes.time(minute)))
        }
        try say(11) { $0.assignee = "ann" }
        #expect { try say(12) { $0.status = "closed" } } throws: { "\($0)".contains("root_cause and resolution") }
        try say(13) { $0.rootCause = "a full disk" }
        #expect { try say(14) { $0.status = "resolved" } } throws: { "\($0)".contains("with resolution") }
        try say(16) { ($0.status, $0.resolution) = ("resolved", "freed it") }
        incident = try #require(incidents.all.first)
        #expect(incident.assignee == "ann" && incident.status == "resolved" && incident.rootCause == "a full disk")
        #expect(
            incident.json.contains("\"response_s\":600") && incident.json.contains("\"resolution_s\":900"), "\(incident.json)")
        #expect { try say(17) { $0.status = "gone" } } throws: { "\($0)".contains("one of open") }
        #expect { try say(17) { _ in } } throws: { "\($0)".contains("nothing is said") }
    }

    @Test func `the alerts keeps them in the log, where the view finds them`() async throws {
        let rules = "[{id: errors, condition: error_rate > 0.5, severity: critical, every: 1m, no_data: resolve}]"
        let (workspace, path) = try await LiveAlertsTests.folder(rules)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = try settings("{open: [severity=critical]}")
        var alerts = LiveAlerts(workspace, viewFolders: [])
        _ = try await alerts.append(try await alerts.begin(at: Minutes.time(0)))
        for minute in 0..<6 {
            if minute < 3 { try await workspace.append(Minutes.requests(minute, 5, errors: 5)) }
            try await LiveAlertsTests.catchUp(alerts, workspace)
            _ = try await alerts.append(try await alerts.evaluate(at: Minutes.time(minute + 1)))
            try await alerts.keepIncidents(settings, since: Minutes.time(-10), at: Minutes.time(minute + 1))
            // Killed and started again.
            alerts = LiveAlerts(workspace, viewFolders: [])
            _ = try await alerts.append(try await alerts.begin(at: Minutes.time(minute + 1)))
            try await alerts.keepIncidents(settings, since: Minutes.time(-10), at: Minutes.time(minute + 1))
        }
        let incidents = try IncidentHistory.read(LogReader.open(at: path))
        #expect(
            incidents.all.count == 1 && incidents.all[0].status == "resolved" && incidents.all[0].alerts.count == 1,
            "\(incidents.all.map(\.json))")
        #expect(await alerts.knownIncidents.all == incidents.all)
        try await workspace.close()
    }
}
