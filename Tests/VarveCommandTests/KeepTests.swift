import Foundation
import Testing

/// `varve log keep`, and what it does to `log retain`.
struct KeepTests {
    private static func line(_ signal: String, _ number: Int, _ more: String = "") -> String {
        #"{"time":"2026-01-01T00:00:00Z","signal":"\#(signal)","id":"e\#(number)","data":{"n":\#(number)\#(more)}}"# + "\n"
    }

    /// A log whose first segment holds a debt that is open, one that is not, a setting and others; two more segments behind it.
    private static func log(_ folder: borrowing TemporaryFolder) throws -> String {
        let data = folder.path("data")
        let first = [
            line("tech_debt.added", 0, #","debt_id":"a""#), line("tech_debt.added", 1, #","debt_id":"b""#),
            line("config.changed", 2, #","key":"x","value":"1""#), line("noise", 3), line("billing.paid", 4),
            line("tech_debt.updated", 5, #","debt_id":"b","status":"resolved""#),
        ]
        for lines in [first, [line("noise", 6)]] {
            #expect(try BuiltCommand.run("ingest", "--data", data, input: lines.joined()).code == 0)
            #expect(try BuiltCommand.run("log", "compact", "--data", data).code == 0)
        }
        return data
    }

    private static func numbers(_ data: String) throws -> [Int] {
        try BuiltCommand.run("cat", "--data", data).lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (object?["data"] as? [String: Any])?["n"] as? Int ?? -1
        }
    }

    @Test func `a new log keeps open debt and settings, retain says so before and after, and cat prints them first`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        #expect(try BuiltCommand.run("log", "keep", "ls", "--data", data).lines.contains("config.changed for good"))
        let retain = ["log", "retain", "--data", data, "--days", "0", "--yes", "--json", "--now", "2100-01-01T00:00:00Z"]
        let dry = try BuiltCommand.start(retain + ["--dry-run"]).finish()
        #expect(dry.code == 0, "\(dry.err)")
        #expect(try dry.lastObject()["kept_events"] as? Int == 2)
        #expect(try Self.numbers(data) == Array(0...6))
        let done = try BuiltCommand.start(retain).finish()
        #expect(done.code == 0, "\(done.err)")
        #expect(try done.lastObject()["kept_events"] as? Int == 2)
        #expect(try Self.numbers(data) == [0, 2])
        let info = try BuiltCommand.run("log", "info", "--data", data, "--json").lastObject()
        #expect(info["kept_events"] as? Int == 2 && info["rules"] as? Int == 5)
        #expect(try BuiltCommand.run("log", "verify", "--data", data).code == 0)
        let export = try BuiltCommand.run("export", "--events", "--data", data)
        #expect(export.lines.count == 2 && export.err.contains("rows: 2"), "\(export.err)")
        #expect(export.lines.last?.contains(#""offset":2"#) == true, "\(export.out)")
    }

    @Test func `rules are added, replaced, listed and removed`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        let add = ["log", "keep", "add", "--data", data]
        #expect(try BuiltCommand.start(add + ["billing.*", "--days", "365"]).finish().code == 0)
        #expect(try BuiltCommand.start(add + ["billing.*", "--days", "400"]).finish().code == 0)
        let ticket = ["ticket.*", "--by", "ticket_id", "--opens", "ticket.new", "--closes", "ticket.done"]
        #expect(try BuiltCommand.start(add + ticket).finish().code == 0)
        let listed = try BuiltCommand.run("log", "keep", "ls", "--data", data).lines
        #expect(listed.suffix(2) == [
            "billing.* for 400 days", "ticket.* while-open by=ticket_id opens=ticket.new closes=ticket.done",
        ])
        #expect(try BuiltCommand.run("log", "keep", "rm", "billing.*", "--data", data).code == 0)
        #expect(try BuiltCommand.run("log", "keep", "rm", "billing.*", "--data", data).code == 64)
        #expect(try BuiltCommand.start(add + ["--built-in"]).finish().code == 0)
        #expect(try BuiltCommand.run("log", "keep", "ls", "--data", data, "--json").lines.count == 6)
    }

    @Test(arguments: [
        ["a b"], [], ["a", "--built-in"], ["a", "--by", "x"], ["a", "--closes", "x"], ["a", "--by", "x", "--opens", "y"],
        ["a", "--by", "x", "--opens", "y", "--status", "z"], ["a", "--days", "0"],
        ["a", "--by", "x", "--opens", "y", "--closes", "z", "--days", "3"],
    ])
    func `what is no rule is refused`(arguments: [String]) throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        let result = try BuiltCommand.start(["log", "keep", "add", "--data", data] + arguments).finish()
        #expect(result.code == 64 && !result.err.isEmpty, "\(result.err)")
        #expect(try BuiltCommand.run("log", "keep", "ls", "--data", data).lines.count == 5)
    }
}
