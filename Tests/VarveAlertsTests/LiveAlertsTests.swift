import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveWorkspace

@testable import VarveAlerts

/// A server's rules over a story in virtual time: evaluated at each minute, killed and started again, with events that come late.
struct LiveAlertsTests {
    private static let rules = """
        - {id: errors, condition: error_rate > 0.1, for: 2m, severity: critical}
        - {id: paths, condition: {view: requests, column: error_rate, is: ">", by: [path], window: 3m}, threshold: 0.2,
           keep_firing_for: 2m, every: 1m}
        - {id: off, condition: error_rate > 0.1, enabled: false, every: 1m}
        """

    static func folder(_ rules: String = LiveAlertsTests.rules) async throws -> (Workspace, String) {
        let path = FileManager.default.temporaryDirectory.appending(path: "varve-alerts-\(UUID().uuidString)").path(
            percentEncoded: false)
        let workspace = try await Workspace.open(at: path)
        try FileManager.default.createDirectory(atPath: "\(path)/rules", withIntermediateDirectories: true)
        try rules.write(toFile: "\(path)/rules/own.yaml", atomically: true, encoding: .utf8)
        return (workspace, path)
    }

    /// Gives the alerts what it has not seen.
    static func catchUp(_ alerts: LiveAlerts, _ workspace: Workspace) async throws {
        let end = try await workspace.durable()
        guard await alerts.following < end else { return }
        for try await step in workspace.feed.subscribe(from: await alerts.following) {
            if case .events(let block) = step { await alerts.take(block) }
            if await alerts.following >= end { return }
        }
    }

    private func name(_ id: String, _ change: AlertChange) -> String {
        "\(id) \(change.kind.rawValue) \(Minutes.number(change.at) ?? -1)"
    }

    private func replayed(_ path: String, minutes: Int) throws -> Set<String> {
        let rules = try RuleSet.of(path).rules
        let result = try AlertReplay(LogReader.open(at: path)).run(
            rules, Minutes.views, from: Minutes.time(0), to: Minutes.time(minutes))
        return Set(result.outputs.map { name($0.alertID, $0.change) })
    }

    private func lived(_ path: String) throws -> [String] {
        let history = try AlertHistory.read(LogReader.open(at: path))
        return history.said(after: Timestamp(nanoseconds: 0)).map { name($0.alertID, $0.change) }
    }

    @Test func `history lived is history replayed, with late events and kills`() async throws {
        let each = """

            - {id: each, condition: {view: requests, column: error_rate, is: ">", by: [path]}, threshold: 0.2, every: 1m}
            """
        let (workspace, path) = try await Self.folder(Self.rules + each)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = Shuffled(seed: 11)
        let minutes = 400
        var arrivals = [[Event]](repeating: [], count: minutes + 12)
        for minute in 0..<minutes {
            let isBad = (minute / 6) % 2 == 1
            let events =
                Minutes.requests(minute, 4, errors: isBad ? 1 : 0)
                + Minutes.requests(minute, 3, errors: minute % 3 == 0 ? 2 : 0, path: "/a")
            for event in events { arrivals[minute + (random.next(10) < 2 ? random.next(11) : 0)].append(event) }
        }
        var alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
        _ = try await alerts.append(try await alerts.begin(at: Minutes.time(0)))
        var kills = 0
        for (minute, events) in arrivals.enumerated() {
            if !events.isEmpty { try await workspace.append(events) }
            try await Self.catchUp(alerts, workspace)
            let now = Minutes.time(minute + 1)
            let changes = try await alerts.evaluate(at: now)
            switch random.next(20) {
            case 0:
                // Killed before anything was said.
                alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
                _ = try await alerts.append(try await alerts.begin(at: now))
                kills += 1
            case 1:
                // Killed behind it.
                _ = try await alerts.append(changes)
                alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
                _ = try await alerts.append(try await alerts.begin(at: now))
                kills += 1
            default: _ = try await alerts.append(changes)
            }
        }
        let (lived, replayed) = (try lived(path), try replayed(path, minutes: arrivals.count))
        #expect(Set(lived) == replayed, "\(Set(lived).symmetricDifference(replayed).sorted().prefix(12))")
        #expect(lived.count == Set(lived).count, "nothing is said twice")
        #expect(lived.filter { $0.contains("firing") }.count >= 200 && kills > 20, "\(lived.count), \(kills) kills")
        try await workspace.close()
    }

    @Test func `what fired is explained from the log, and what is not so is said`() async throws {
        let (workspace, path) = try await Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let alerts = LiveAlerts(workspace, viewFolders: [])
        _ = try await alerts.append(try await alerts.begin(at: Minutes.time(0)))
        for minute in 0..<5 {
            try await workspace.append(Minutes.requests(minute, 10, errors: 2))
            try await Self.catchUp(alerts, workspace)
            _ = try await alerts.append(try await alerts.evaluate(at: Minutes.time(minute + 1)))
        }
        let history = try AlertHistory.read(LogReader.open(at: path))
        let id = AlertLabels().alertID(of: "errors")
        let said = try #require(history.lastFiring(id))
        #expect(said.change.at == Minutes.time(3) && said.offset.value >= 30 && said.viewHash?.count == 64)
        #expect(said.change.value == 0.2 && said.window == Minutes.time(2)..<Minutes.time(3))
        let rule = try #require(try RuleSet.of(path).rules.first { $0.id == "errors" })
        let match = try AlertExplanation.derive(said, rule, Minutes.views, at: path)
        #expect(match.result == .match && match.value == 0.2 && match.viewHash == said.viewHash, "\(match.json)")
        var other = rule
        other.hold = 0
        #expect(try AlertExplanation.derive(said, other, Minutes.views, at: path).result == .mismatch)
        var wrong = said
        wrong.change.value = 0.3
        #expect(try AlertExplanation.derive(wrong, rule, Minutes.views, at: path).result == .mismatch)
        #expect(await alerts.statuses(at: Minutes.time(5)).first { $0.rule == "errors" }?.state == .firing)
        try await workspace.close()
    }

    @Test func `rules are switched while they run, and what fires then is resolved`() async throws {
        let (workspace, path) = try await Self.folder()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let alerts = LiveAlerts(workspace, viewFolders: [])
        _ = try await alerts.append(try await alerts.begin(at: Minutes.time(0)))
        func minute(_ number: Int) async throws -> [String] {
            try await workspace.append(Minutes.requests(number, 10, errors: 5))
            try await Self.catchUp(alerts, workspace)
            let now = Minutes.time(number + 1)
            var changes = try await alerts.append(try await alerts.reload(at: Minutes.time(number)))
            changes += try await alerts.append(try await alerts.evaluate(at: now))
            return changes.map { "\($0.rule) \($0.change.kind.rawValue) \(Minutes.number($0.change.at) ?? -1)" }.sorted()
        }
        #expect(try await minute(0) == ["errors pending 1", "paths firing 1"])
        #expect(try await minute(1) == [])
        #expect(try await minute(2) == ["errors firing 3"])
        try await workspace.append([
            AlertAct.enable("errors", false, by: "ann", at: Minutes.time(3)),
            AlertAct.enable("off", true, by: "ann", at: Minutes.time(3)),
        ])
        #expect(try await minute(3) == ["errors resolved 3", "off firing 4"])
        let id = try #require(await alerts.statuses(at: Minutes.time(4)).first { $0.rule == "off" }?.id)
        try await workspace.append([AlertAct.resolve(id, in: await alerts.said, by: "ann", at: Minutes.time(4))])
        #expect(try await minute(4) == ["off firing 5"], "it begins anew where the condition holds")
        #expect(await alerts.faults.isEmpty)
        try "- {id: errors, condition: nothing}".write(toFile: "\(path)/rules/own.yaml", atomically: true, encoding: .utf8)
        _ = try await minute(5)
        #expect(await alerts.faults.count == 1)
        try await workspace.close()
    }
}
