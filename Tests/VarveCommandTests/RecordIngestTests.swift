import Foundation
import Testing

/// `ingest --format SYSTEM`, `--policy` and `--privacy`.
struct RecordIngestTests {
    private static let right =
        #"{"ts":"2026-03-01T10:00:00Z","session_id":"s","component":"c","signal":"retry_success","#
        + #""data":{"api_endpoint":"/a"}}"#
    private static let wrong =
        #"{"ts":"2026-03-01T10:00:01Z","component":"c","signal":"retry_success","#
        + #""data":{"api_endpoint":7.5e3,"retry_count":"many"}}"#

    @Test func `the lenient policy keeps and counts what is not as the catalog says`() throws {
        let folder = TemporaryFolder()
        let input = try folder.file("in.ndjson", Self.right + "\n" + Self.wrong + "\n")
        let result = try BuiltCommand.run(
            "ingest", input, "--data", folder.path("data"), "--format", "bookiji", "--json")
        let receipt = try result.lastObject()
        #expect(result.code == 0)
        #expect(receipt["appended"] as? Int == 2 && receipt["flagged"] as? Int == 1)
        #expect(result.err.contains("flagged: retry.success: data.retry_count is text, not integer, 1×"), "\(result.err)")
        #expect(result.err.contains("flagged: retry.success: session_id is missing, 1×"))
    }

    @Test func `the strict policy refuses it with line, path and its own bytes, in every format`() throws {
        let ours = Self.wrong.replacingOccurrences(of: "retry_success", with: "retry.success")
        for (format, wrong) in [("bookiji", Self.wrong), ("ndjson", ours)] {
            let folder = TemporaryFolder()
            let right =
                format == "ndjson" ? Self.right.replacingOccurrences(of: "retry_success", with: "retry.success") : Self.right
            let input = try folder.file("in.ndjson", [right, wrong, right].joined(separator: "\n"))
            let data = folder.path("data")
            let result = try BuiltCommand.run(
                "ingest", input, "--data", data, "--format", format, "--policy", "strict", "--json")
            let receipt = try result.lastObject()
            #expect(receipt["received"] as? Int == 3 && receipt["appended"] as? Int == 2 && receipt["rejected"] as? Int == 1)
            #expect(receipt["flagged"] as? Int == 0)
            #expect(result.err.contains("in.ndjson:2: "), "\(result.err)")
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: data + "/rejected").first)
            let letter = try String(contentsOfFile: data + "/rejected/" + name, encoding: .utf8)
            let object = try #require(try JSONSerialization.jsonObject(with: Data(letter.utf8)) as? [String: Any])
            #expect(object["reason"] as? String == "bad_field" && object["line"] as? Int == 2)
            #expect(object["text"] as? String == wrong && object["offset"] as? Int == right.utf8.count + 1)
        }
    }

    @Test func `privacy is a choice, also for events that are ours already`() throws {
        let folder = TemporaryFolder()
        let event = #"{"time":"2026-03-01T10:00:00Z","signal":"chat.message","user_id":"u","data":{"message_text":"secret"}}"#
        let input = try folder.file("in.ndjson", event + "\n")
        for (profile, count) in [("none", 1), ("standard", 0)] {
            let data = folder.path(profile)
            #expect(try BuiltCommand.run("ingest", input, "--data", data, "--privacy", profile).code == 0)
            #expect(try BuiltCommand.run("cat", "--data", data).lines.count { $0.contains("secret") } == count)
        }
        #expect(try BuiltCommand.run("ingest", input, "--data", folder.path("plain")).code == 0)
        #expect(try BuiltCommand.run("cat", "--data", folder.path("plain")).out.contains("secret"))
        let missing = try BuiltCommand.run("ingest", input, "--data", folder.path("x"), "--privacy-key", folder.path("no"))
        #expect(missing.code == 78)
    }
}
