import Foundation
import Testing

/// So many starts and rollbacks of a component in an hour of 2026-01-31.
private func events(_ hour: Int, _ component: String, _ started: Int, _ rollbacks: Int) -> String {
    func line(_ signal: String) -> String {
        #"{"time":"2026-01-31T\#(hour):30:00Z","signal":"optimistic_action.\#(signal)","component":"\#(component)"}"# + "\n"
    }
    return String(repeating: line("start"), count: started) + String(repeating: line("rollback"), count: rollbacks)
}

struct DifferenceTests {
    private func diff(_ data: String, _ more: String...) throws -> [[String: Any]] {
        let windows = ["--from", "2026-01-31T14:00..2026-01-31T15:00", "--against", "2026-01-31T12:00..2026-01-31T14:00"]
        let command = ["view", "diff", "rollback_rate", "--data", data, "--json"]
        return try BuiltCommand.start(command + windows + more).finish().rows()
    }

    @Test func `values are ranked by how many events they explain, worked out by hand`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        // Cart: 10 % of 100 before, 40 % of 50 after: 20 - 0.1 * 50 = 15 too many. Tiny: 0 % of 2, then 100 % of 1: 1 too many.
        // Search: 10 % both times. New: not there before, so 20 of 40 against 14 of 142 in all.
        let before = events(12, "Cart", 60, 6) + events(13, "Cart", 40, 4) + events(12, "Tiny", 2, 0)
            + events(13, "Search", 40, 4)
        let after = events(14, "Cart", 50, 20) + events(14, "Tiny", 1, 1) + events(14, "Search", 20, 2)
            + events(14, "New", 40, 20)
        try BuiltCommand.run("ingest", "--data", data, input: before + after)
        try BuiltCommand.run("project", "--data", data, "--views", "rollback_rate")
        let rows = try diff(data)
        #expect(rows.map { $0["value"] as? String } == ["New", "Cart", "Tiny", "Search"])
        #expect(rows.allSatisfy { $0["dimension"] as? String == "component" })
        let effects = rows.compactMap { $0["effect"] as? Double }
        for (effect, expected) in zip(effects, [20 - 14.0 / 142 * 40, 15, 1, 0]) { #expect(abs(effect - expected) < 1e-9) }
        #expect(rows[0]["before"] is NSNull)
        #expect(rows[1]["before"] as? Double == 0.1)
        #expect(rows[1]["after"] as? Double == 0.4)
        // A count is scaled to the length of the window: 100 in two hours are 50 in one.
        let started = try diff(data, "--column", "started", "--top", "2")
        #expect(started[0]["value"] as? String == "New")
        #expect(started[0]["effect"] as? Double == 40)
        #expect(started.count == 2)
    }

    @Test(arguments: [
        ["--from", "2026-01-31T15:00..2026-01-31T14:00"], ["--from", "2026-01-31"], ["--column", "colour"], ["--by", "colour"],
    ])
    func `a window or column that cannot be is a wrong usage`(wrong: [String]) throws {
        let folder = TemporaryFolder()
        try BuiltCommand.run("ingest", "--data", folder.path("data"), input: events(12, "Cart", 1, 1))
        try BuiltCommand.run("project", "--data", folder.path("data"))
        var arguments = ["view", "diff", "rollback_rate", "--data", folder.path("data"), "--against", "2026-01-30..2026-01-31"]
        if wrong[0] != "--from" { arguments += ["--from", "2026-01-31..2026-02-01"] }
        let result = try BuiltCommand.start(arguments + wrong).finish()
        #expect(result.code == 64, "\(result.err)")
        #expect(!result.err.isEmpty)
    }
}
