import Foundation
import Testing

/// Inputs that once gave answers that were wrong without a word, one test for each kind, end to end. The other kinds: bounds that
/// cut a bucket are in `AnswerCommandTests`, line ends and headers of tables in `FormatTests`, packed, cut and grown copies in
/// `FileProducerTests`, ids that retention has forgotten in `RejectedTests`, and a store deleted under a projector in
/// `LostStoreTests`.
struct CaseTests {
    private func ingested(
        _ folder: borrowing TemporaryFolder, _ name: String, _ text: String, _ more: String...
    ) throws -> String {
        let file = try folder.file(name, text)
        let data = folder.path("data")
        _ = try BuiltCommand.start(["ingest", file, "--data", data] + more).finish()
        return data
    }

    private func printed(_ data: String) throws -> [[String: Any]] {
        try BuiltCommand.run("cat", "--data", data).lines.map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test(arguments: ["combined", "common"])
    func `what stands before or beside the client is never taken for the client or the user`(format: String) throws {
        let folder = TemporaryFolder()
        let lines = [
            "shop.example.org:443 203.0.113.9 - -", "shop.example.org 203.0.113.10 - -",
            "shop.example.org:443 203.0.113.11 - ann",
            "203.0.113.12 (10.1.2.3) - bob", "203.0.113.13, 10.1.2.4 - -", "203.0.113.14 - john doe",
        ]
        let end = format == "combined" ? #" "-" "agent""# : ""
        let text = lines.map { $0 + #" [07/Mar/2026:15:58:51 +0200] "GET /v HTTP/1.1" 200 5"# + end + "\n" }.joined()
        let events = try printed(ingested(folder, "access.log", text, "--format", format))
        #expect(events.map { ($0["data"] as? [String: Any])?["client"] as? String } == ["203.0.113.14"])
        #expect(events.map { $0["user_id"] as? String } == ["john doe"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("data/rejected")).count == 1)
    }

    @Test(arguments: ["csv", "ndjson"])
    func `a number of seconds may have any digits, and what is too large is refused with a guess`(format: String) throws {
        let folder = TemporaryFolder()
        let times = [
            "1764300003.123456789", "1764300003.1234567891", "1764300003.0000000000", "1764300001.95456123352050781250",
            "1764300002.143155e0", "1764300003123.400000095367431640625",
        ]
        var text = format == "csv" ? "pid,time\n" : ""
        for (index, time) in times.enumerated() {
            text += format == "csv" ? "\(index),\(time)\n" : #"{"pid":\#(index),"time":\#(time)}"# + "\n"
        }
        let map = try folder.file("map.yaml", "time: {column: time, unit: s}\nsignal: {constant: usb.frame}\nsession: pid\n")
        let data = try ingested(folder, "in.\(format)", text, "--format", format, "--map", map)
        let fractions = ["03.123456789Z", "03.123456789Z", "03Z", "01.954561233Z", "02.143155Z"]
        #expect(try printed(data).map { $0["time"] as? String } == fractions.map { "2025-11-28T03:20:" + $0 })
        let refused = try FileManager.default.contentsOfDirectory(atPath: folder.path("data/rejected"))
        let letters = try String(contentsOfFile: folder.path("data/rejected/\(refused[0])"), encoding: .utf8)
        #expect(letters.contains("it looks like milliseconds"), "\(letters)")
    }

    @Test func `the least and the greatest integer are that integer, to the last digit`() throws {
        let folder = TemporaryFolder()
        let text = [1_764_300_000_123_456_789, 1_764_300_000_123_456_791].enumerated().map { index, start in
            #"{"time":"2026-03-01T10:00:0\#(index)Z","signal":"span.end","data":{"start_ns":\#(start)}}"# + "\n"
        }.joined()
        let data = try ingested(folder, "in.ndjson", text)
        let result = try BuiltCommand.run(
            "query", "--data", data, "--min", "start_ns", "--max", "start_ns", "--sum", "start_ns", "--json")
        #expect(result.out.contains(#""min_start_ns":1764300000123456789,"max_start_ns":1764300000123456791"#), "\(result.out)")
        #expect(result.out.contains(#""sum_start_ns":3528600000246913580"#), "\(result.out)")
    }

    @Test func `an empty session or user is none, as one that is left out or null`() throws {
        let folder = TemporaryFolder()
        let fields = [
            #","session_id":"","user_id":"""#, "", #","session_id":null,"user_id":null"#, #","session_id":"s1","user_id":"u1""#,
        ]
        let text = fields.map { #"{"time":"2026-03-01T10:00:00Z","signal":"page.view"\#($0)}"# + "\n" }.joined()
        let data = try ingested(folder, "in.ndjson", text)
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        let sessions = try BuiltCommand.run("view", "show", "sessions", "--data", data, "--json").rows()
        #expect(sessions.map { $0["session"] as? String } == ["s1"])
        let users = try BuiltCommand.run("query", "--data", data, "--distinct", "user", "--json").rows()
        #expect(users.map { $0["distinct_user"] as? Int } == [1])
    }

    @Test func `syslog without a year asks for a zone, and a table without a mapping proposes one that works`() throws {
        let folder = TemporaryFolder()
        let syslog = try folder.file("syslog", "Mar  3 06:00:00 web-1 cron[7]: one\nMar  3 06:01:00 web-1 sshd[9]: two\n")
        let refused = try BuiltCommand.run("ingest", syslog, "--data", folder.path("a"), "--format", "syslog")
        #expect(refused.code == 65 && refused.err.contains("--zone UTC"), "\(refused.err)")
        let taken = try BuiltCommand.run(
            "ingest", syslog, "--data", folder.path("b"), "--format", "syslog", "--zone", "UTC", "--json")
        #expect(try taken.lastObject()["appended"] as? Int == 2, "\(taken.err)")
        let detected = try BuiltCommand.run("ingest", syslog, "--data", folder.path("a"), "--format", "auto")
        #expect(detected.code == 65 && detected.err.contains("next:  the reasons are above; --zone"), "\(detected.err)")

        let rows = (0..<6).map { "0\($0 + 1).03.2026 06:00:00;Halle 1;2\($0),5;ok\n" }.joined()
        let table = try folder.file("readings.csv", "Zeit;Ort;Temperatur in °C;Status\n" + rows)
        let asked = try BuiltCommand.run("ingest", table, "--data", folder.path("c"), "--format", "csv")
        #expect(asked.code == 64, "\(asked.err)")
        let proposed = try BuiltCommand.run("ingest", table, "--data", folder.path("d"), "--format", "auto")
        #expect(proposed.code == 65 && proposed.err.contains("\ntime: {column: Zeit"), "\(proposed.err)")
        let lines = asked.err.split(separator: "\n", omittingEmptySubsequences: false)
        let first = try #require(lines.firstIndex { $0.hasPrefix("time:") }, "\(asked.err)")
        let draft = lines[first...].prefix { !$0.isEmpty && !$0.hasPrefix("Usage") }.joined(separator: "\n")
        let map = try folder.file("map.yaml", draft + "\n")
        let result = try BuiltCommand.run(
            "ingest", table, "--data", folder.path("c"), "--format", "csv", "--map", map, "--json")
        #expect(try result.lastObject()["appended"] as? Int == 6, "\(result.err) \(draft)")
        let answer = try BuiltCommand.run("query", "--data", folder.path("c"), "--avg", "Temperatur in °C", "--json").rows()
        #expect(answer.first?["avg_Temperatur in °C"] as? Double == 23)
    }
}
