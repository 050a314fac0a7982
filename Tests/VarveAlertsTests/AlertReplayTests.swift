import Foundation
import Testing
import VarveAlerts
import VarveEvents
import VarveLog
import VarveWorkspace

struct AlertReplayTests {
    private static func folder() -> String {
        FileManager.default.temporaryDirectory.appending(path: "varve-alerts-\(UUID().uuidString)").path(percentEncoded: false)
    }

    /// A log whose events came in several appends, in another order than they happened.
    private func log(_ events: [Event]) async throws -> String {
        let path = Self.folder()
        let workspace = try await Workspace.open(at: path)
        let half = events.count / 2
        try await workspace.append(Array(events[half...]))
        try await workspace.append(Array(events[..<half]))
        try await workspace.close()
        return path
    }

    @Test func `a log's past gives the same instants`() async throws {
        let events = (0..<60).flatMap { Minutes.requests($0, 60, errors: (10..<20).contains($0) ? 4 : 3) }
        let path = try await log(events)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var rule = try #require(BuiltInRules.all.first { $0.id == "high_error_rate" })
        rule.isEnabled = true
        let result = try AlertReplay(LogReader.open(at: path)).run([rule], Minutes.views, from: nil, to: nil)
        #expect(words(result.outputs) == ["11 pending", "16 firing", "21 resolved"])
        let episode = try #require(result.episodes.first)
        #expect(result.episodes.count == 1 && result.offset.value == 3_600)
        #expect(
            episode.pendingAt == Minutes.time(11) && episode.firingAt == Minutes.time(16)
                && episode.resolvedAt == Minutes.time(21))
        #expect(try #require(episode.peak) == 4.0 / 60 && episode.threshold == 0.05)
        #expect(result.from == Minutes.time(0) && result.to == Minutes.time(60) && result.evaluations == 60)
        // It fires at 16 to 20.
        #expect(result.firingEvaluations == 5 && result.summary.meanDelay == 300)
        // A range that begins in the middle.
        let part = try AlertReplay(LogReader.open(at: path)).run(
            [rule], Minutes.views, from: Minutes.time(14), to: Minutes.time(20))
        #expect(words(part.outputs) == ["15 pending", "20 firing"] && part.episodes.first?.resolvedAt == nil)
    }

    @Test func `a range over several days is read a day at a time`() async throws {
        let day = 1_440
        var events: [Event] = []
        for number in 0..<3 {
            for minute in [3, 700, 1_438, 1_439] { events += Minutes.requests(number * day + minute, 4, errors: 4) }
            for minute in stride(from: 5, to: day, by: 60) { events += Minutes.requests(number * day + minute, 4, errors: 0) }
        }
        let path = try await log(events)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rule = try Minutes.rule(
            "{id: a, condition: {view: requests, column: error_rate, is: '>', window: 30m}, threshold: 0.4, every: 1m}")
        let result = try AlertReplay(LogReader.open(at: path)).run([rule], Minutes.views, from: nil, to: nil)
        var engine = AlertEngine([rule], Minutes.views)
        engine.start(at: result.from)
        engine.fold(Minutes.batch(events))
        var outputs: [AlertOutput] = []
        var tick = result.from
        while tick < result.to {
            tick = tick + .seconds(60)
            outputs += engine.evaluate(at: tick)
        }
        #expect(words(result.outputs) == words(outputs) && outputs.count > 12, "\(words(outputs))")
    }

    @Test func `an empty log has no past`() async throws {
        let path = try await log([])
        defer { try? FileManager.default.removeItem(atPath: path) }
        let result = try AlertReplay(LogReader.open(at: path)).run(
            [try Minutes.rule("{id: a, condition: error_rate > 0.1}")], Minutes.views, from: nil, to: nil)
        #expect(result.episodes.isEmpty && result.evaluations == 0)
    }
}
