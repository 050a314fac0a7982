import Foundation
import Testing

struct ExportTests {
    private static func log(_ folder: borrowing TemporaryFolder) throws -> String {
        let data = folder.path("data")
        let traffic = try BuiltCommand.run("generate", "--system", "all", "--events", "3000", "--days", "2", "--ids")
        _ = try BuiltCommand.run("ingest", "--data", data, input: traffic.out)
        return data
    }

    @Test func `an export of events that is imported gives the same views, hash for hash, and the same export`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        let exported = try BuiltCommand.run("export", "--events", "--data", data)
        #expect(exported.code == 0 && exported.err == "rows: 3000\n", "\(exported.err)")
        #expect(exported.lines.count == 3_000)
        let copy = folder.path("copy")
        let imported = try BuiltCommand.run("import", "--data", copy, "--json", input: exported.out)
        #expect(try imported.lastObject()["appended"] as? Int == 3_000)
        #expect(try BuiltCommand.run("export", "--events", "--data", copy).out == exported.out)
        let hashes = try BuiltCommand.run("replay", "--data", data).out
        #expect(hashes.count > 1_000)
        #expect(try BuiltCommand.run("replay", "--data", copy).out == hashes)
        #expect(
            try BuiltCommand.run("import", "--data", copy, "--json", input: exported.out).lastObject()["duplicate"] as? Int
                == 3_000)
    }

    @Test func `rows of a view are exported as view show prints them, as CSV and as lines`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        for view in ["requests", "errors", "messages"] {
            let csv = try BuiltCommand.run("export", "--view", view, "--format", "csv", "--bucket", "day", "--data", data)
            #expect(csv.code == 0, "\(csv.err)")
            let lines = try BuiltCommand.run("export", "--view", view, "--bucket", "day", "--data", data)
            #expect(lines.err == csv.err)
            #expect(lines.err.hasPrefix("offset 3000 of 3000, appended "), "\(lines.err)")
            #expect(lines.err.hasSuffix(", behind by 0 events\nrows: \(lines.lines.count)\n"), "\(lines.err)")
            _ = try BuiltCommand.run("project", "--data", data)
            #expect(try BuiltCommand.run("view", "show", view, "--csv", "--bucket", "day", "--data", data).out == csv.out)
        }
    }

    @Test(arguments: ["=1+2", "+1", "-1", "@a", "\\tb", "a,b", "say \\\"x\\\"", "two\\nlines"])
    func `a text in CSV is no formula, and reads back`(text: String) throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let event = #"{"time":"2026-03-01T10:00:00Z","signal":"a.b","component":"\#(text)"}"#
        _ = try BuiltCommand.run("ingest", "--data", data, input: event + "\n")
        let out = try BuiltCommand.run("export", "--events", "--format", "csv", "--data", data).out
        let plain = text.replacingOccurrences(of: "\\t", with: "\t").replacingOccurrences(of: "\\n", with: "\n")
            .replacingOccurrences(of: "\\\"", with: "\"")
        let safe = plain.first.map { "=+-@\t".contains($0) } == true ? "'" + plain : plain
        let field =
            safe.contains { ",\"\n".contains($0) } ? "\"" + safe.replacingOccurrences(of: "\"", with: "\"\"") + "\"" : safe
        #expect(out.contains(",a.b,,\(field),,,{}\r\n"), "\(out)")
    }

    @Test func `what to export must be said, and import needs times of appending`() throws {
        let folder = TemporaryFolder()
        #expect(try BuiltCommand.run("export", "--data", folder.path("data")).code == 64)
        #expect(try BuiltCommand.run("export", "--events", "--view", "volume", "--data", folder.path("data")).code == 64)
        let plain = #"{"time":"2026-03-01T10:00:00Z","signal":"a.b"}"#
        let refused = try BuiltCommand.run("import", "--data", folder.path("new"), input: plain + "\n")
        #expect(refused.code == 65 && refused.err.contains("observed"), "\(refused.err)")
    }

    @Test func `metrics is one value per metric, with unit and state, and the chatbot's picture`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        let object = try BuiltCommand.run("metrics", "--data", data, "--json").lastObject()
        let metrics = try #require(object["metrics"] as? [String: [String: Any]])
        #expect(metrics["rollback_rate.rollback_rate"]?["unit"] as? String == "fraction")
        #expect(metrics["messages.messages"]?["value"] as? Int ?? 0 > 0)
        let messages = try #require(object["messages"] as? [String: Any])
        #expect(messages["total"] as? Int == metrics["messages.messages"]?["value"] as? Int)
        #expect(object["users"] is [String: Any] && object["system"] is [String: Any] && object["offset"] as? Int == 3_000)
        let one = try BuiltCommand.run("metrics", "--data", data, "--system", "bookiji")
        #expect(one.out.contains("rollback_rate.rollback_rate") && !one.out.contains("messages.messages"))
    }
}
