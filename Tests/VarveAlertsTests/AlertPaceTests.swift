import Foundation
import Testing
import VarveEvents
import VarveLog
import VarveWorkspace

@testable import VarveAlerts

/// Rules that are evaluated more often than every minute.
struct AlertPaceTests {
    private func seconds(_ number: Int) -> Timestamp { Minutes.time(0) + .seconds(number) }

    private func request(_ second: Int, isBad: Bool, path: String = "/") -> Event {
        Minutes.event(
            "http.request", second / 60, second: second % 60,
            ["method": "GET", "path": .string(path), "status": .int64(isBad ? 500 : 200), "duration_ms": .double(1)])
    }

    private func words(_ outputs: [AlertOutput]) -> [String] {
        outputs.map { "\(($0.change.at.nanoseconds - Minutes.start) / 1_000_000_000) \($0.change.kind.rawValue)" }
    }

    /// Evaluates every second of `length`, with each event there when its second is over.
    private func run(_ rule: String, _ length: Int, _ events: [Event]) throws -> [String] {
        var engine = AlertEngine([try Minutes.rule(rule)], Minutes.views)
        engine.start(at: seconds(0))
        var outputs: [AlertOutput] = []
        let bySecond = Dictionary(grouping: events) { Int(($0.time.nanoseconds - Minutes.start) / 1_000_000_000) }
        for second in 0..<length {
            if let own = bySecond[second] { engine.fold(Minutes.batch(own)) }
            outputs += engine.evaluate(at: seconds(second + 1))
        }
        return words(outputs)
    }

    @Test func `a window moves by seconds, and is as long as it says`() throws {
        // One failure in second 70: seen at 71 and for 30 s.
        let rule =
            "{id: a, condition: {view: requests, column: error_rate, is: '>', window: 30s}, threshold: 0.4, no_data: resolve}"
        #expect(try run(rule, 200, [request(70, isBad: true)]) == ["71 firing", "101 resolved"])
        // For five seconds, with a good one at 74 that is as many.
        let held = "{id: a, condition: {view: requests, column: error_rate, is: '>', window: 30s}, threshold: 0.5, for: 5s}"
        let events = [request(70, isBad: true), request(77, isBad: false), request(102, isBad: false)]
        #expect(try run(held, 140, events) == ["71 pending", "76 firing", "78 resolved"])
        let short = [request(70, isBad: true), request(74, isBad: false)]
        #expect(try run(held, 140, short) == ["71 pending", "75 cancelled"])
    }

    @Test func `many seconds say what the same window of minutes says`() throws {
        var random = Shuffled(seed: 5)
        let events = (0..<1_800).flatMap { second -> [Event] in
            (0..<random.next(3)).map { _ in
                request(
                    second, isBad: random.next(10) < ((second / 200) % 2 == 0 ? 1 : 6), path: random.next(2) == 0 ? "/" : "/b")
            }
        }
        let condition =
            "condition: {view: requests, column: p95_ms, is: '>=', by: [path], window: 5m, min_count: 3}, threshold: 1"
        let texts = ["{id: a, \(condition), every: 1s}", "{id: a, \(condition), every: 1m}"]
        let engines = try texts.map { text -> AlertEngine in
            var engine = AlertEngine([try Minutes.rule(text)], Minutes.views)
            engine.fold(Minutes.batch(events))
            engine.start(at: seconds(0))
            return engine
        }
        for minute in 1...30 {
            let (fine, coarse) = (
                try engines[0].readings(of: "a", at: Minutes.time(minute)),
                try engines[1].readings(of: "a", at: Minutes.time(minute))
            )
            #expect(fine == coarse && fine.count == 2, "minute \(minute)")
        }
    }

    @Test func `history lived is history replayed, second by second, with late events and kills`() async throws {
        let rules = """
            - {id: quick, condition: error_rate > 0.5, for: 5s}
            - {id: short, condition: {view: requests, column: error_rate, is: ">", by: [path], window: 20s}, threshold: 0.4,
               keep_firing_for: 4s}
            - {id: slow, condition: error_rate > 0.3, for: 1m}
            """
        let (workspace, path) = try await LiveAlertsTests.folder(rules)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = Shuffled(seed: 23)
        let length = 240
        var arrivals = [[Event]](repeating: [], count: length + 80)
        for second in 0..<length {
            for _ in 0..<random.next(4) {
                let isBad = random.next(10) < ((second / 40) % 2 == 0 ? 1 : 8)
                let event = request(second, isBad: isBad, path: random.next(2) == 0 ? "/" : "/b")
                arrivals[second + (random.next(20) == 0 ? random.next(75) : 0)].append(event)
            }
        }
        var alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
        _ = try await alerts.append(try await alerts.begin(at: seconds(0)))
        var (kills, pause) = (0, 0)
        for (second, events) in arrivals.enumerated() {
            if !events.isEmpty { try await workspace.append(events) }
            pause -= 1
            guard pause <= 0 || second == arrivals.count - 1 else { continue }
            pause = 1 + random.next(3)
            try await LiveAlertsTests.catchUp(alerts, workspace)
            let now = seconds(second + 1)
            let changes = try await alerts.evaluate(at: now)
            let fate = random.next(40)
            if fate != 0 { _ = try await alerts.append(changes) }
            if fate < 2 {
                // Killed before anything was said, or behind it.
                alerts = LiveAlerts(workspace, viewFolders: [], hashesViews: false)
                _ = try await alerts.append(try await alerts.begin(at: now))
                kills += 1
            }
        }
        let history = try AlertHistory.read(LogReader.open(at: path))
        func name(_ id: String, _ change: AlertChange) -> String {
            "\(id) \(change.kind.rawValue) \((change.at.nanoseconds - Minutes.start) / 1_000_000_000)"
        }
        let lived = history.said(after: Timestamp(nanoseconds: 0)).map { name($0.alertID, $0.change) }
        let result = try AlertReplay(LogReader.open(at: path)).run(
            try RuleSet.of(path).rules, Minutes.views, from: seconds(0), to: seconds(arrivals.count))
        let replayed = Set(result.outputs.map { name($0.alertID, $0.change) })
        #expect(Set(lived) == replayed, "\(Set(lived).symmetricDifference(replayed).sorted().prefix(12))")
        #expect(lived.count == Set(lived).count, "nothing is said twice")
        #expect(lived.filter { $0.contains("firing") }.count >= 3 && kills > 1, "\(lived.count), \(kills) kills")
        try await workspace.close()
    }
}
