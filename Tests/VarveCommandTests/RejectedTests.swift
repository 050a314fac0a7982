import Foundation
import Testing

/// `--max-rejected`, refusals by cause, and events older than the memory of ids.
struct RejectedTests {
    private static let good = #"{"time":"2026-01-31T10:00:00Z","signal":"cart.retried","component":"Cart"}"#

    @Test(arguments: [
        (nil, 0), ("25", 0), ("24", 65), ("0", 65), ("25%", 0), ("24.9%", 65), ("0%", 65),
    ] as [(String?, Int32)])
    func `a run that refused more than allowed ends with 65, and the others are in the log`(limit: String?, code: Int32) throws {
        let folder = TemporaryFolder()
        let input = try folder.file(
            "day.ndjson", (0..<100).map { $0 % 4 == 1 ? "no event \($0)\n" : Self.good + "\n" }.joined())
        var arguments = ["ingest", input, "--data", folder.path("data"), "--json"]
        if let limit { arguments += ["--max-rejected", limit] }
        let result = try BuiltCommand.start(arguments).finish()
        #expect(result.code == code, "\(result.err)")
        let receipt = try result.lastObject()
        #expect(receipt["received"] as? Int == 100 && receipt["appended"] as? Int == 75 && receipt["rejected"] as? Int == 25)
        #expect(result.err.contains("--max-rejected") == (code == 65), "\(result.err)")
        // One cause is one line, with its count and the first example.
        let refused = result.err.split(separator: "\n").filter { $0.hasPrefix("refused: ") }
        #expect(refused.count == 1 && refused[0].hasPrefix("refused: 25 records, the first \(input):2: "), "\(result.err)")
    }

    @Test(arguments: ["-1", "x", "101%"])
    func `a limit that is none is a usage error`(limit: String) throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run(
            "ingest", "--data", folder.path("data"), "--max-rejected=\(limit)", input: Self.good + "\n")
        #expect(result.code == 64)
    }

    @Test func `events whose ids retention has forgotten are counted, and that is said`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let lines = (0..<5).map { #"{"id":"e\#($0)","time":"2026-01-31T10:00:0\#($0)Z","signal":"a.b"}"# + "\n" }
        let input = try folder.file("in.ndjson", lines.joined())
        for run in 0..<2 {
            let result = try BuiltCommand.run("ingest", input, "--data", data, "--json")
            #expect(result.code == 0)
            if run == 0 {
                #expect(try result.lastObject()["older_than_ids"] == nil)
                #expect(try BuiltCommand.run("project", "--data", data).code == 0)
                #expect(try BuiltCommand.run("log", "compact", "--data", data).code == 0)
                let far = "2100-01-01T00:00:00Z"
                let retained = try BuiltCommand.run("log", "retain", "--data", data, "--days", "30", "--now", far, "--yes")
                #expect(retained.code == 0, "\(retained.err)")
            } else {
                #expect(try result.lastObject()["older_than_ids"] as? Int == 5, "\(result.out)")
                #expect(result.err.contains("5 events are older than the log's id index"), "\(result.err)")
            }
        }
        // The ids are known again from now on.
        let third = try BuiltCommand.run("ingest", input, "--data", data, "--json")
        #expect(try third.lastObject()["duplicate"] as? Int == 5)
        #expect(try third.lastObject()["older_than_ids"] == nil)
    }
}
