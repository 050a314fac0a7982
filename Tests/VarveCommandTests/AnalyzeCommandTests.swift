import Foundation
import Testing

/// `varve analyze …` of CSV files and of views.
struct AnalyzeCommandTests {
    /// An hourly series with a daily pattern, whose level rises by 40 at value 400.
    private static let csv: String = {
        var lines = ["when,used"]
        for index in 0..<600 {
            let hour = index % 24
            let noise = Double((index * 7_919) % 13) / 13
            let value = 100.0 + Double(abs(12 - hour)) + noise + (index >= 400 ? 40 : 0)
            let day = index / 24 + 1
            let date = day <= 31 ? "2026-01-\(day < 10 ? "0" : "")\(day)" : "2026-02-0\(day - 31)"
            lines.append("\(date)T\(hour < 10 ? "0" : "")\(hour):00:00Z,\(value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    private static func analyze(_ what: String, _ more: String...) throws -> Finished {
        let running = try BuiltCommand.start(
            ["analyze", what, "--csv", "-", "--time", "when", "--value", "used"] + more, input: try pipe(csv))
        return try running.finish()
    }

    private static func pipe(_ text: String) throws -> Pipe {
        let pipe = Pipe()
        Thread.detachNewThread {
            try? pipe.fileHandleForWriting.write(contentsOf: Data(text.utf8))
            try? pipe.fileHandleForWriting.close()
        }
        return pipe
    }

    @Test func `anomalies have a row for each value, and the step is marked once`() throws {
        let rows = try Self.analyze("anomalies", "--json").rows()
        #expect(rows.count == 600)
        #expect(Set(rows[0].keys) == ["time", "value", "expected", "low", "high", "score", "anomaly"])
        let marked = rows.indices.filter { rows[$0]["anomaly"] as? Bool == true && $0 >= 300 }
        #expect(marked.first == 400, "\(marked)")
    }

    @Test func `a forecast has the steps asked for, each with its band`() throws {
        let found = try Self.analyze("forecast", "--horizon", "48", "--json", "--explain")
        let rows = try found.rows()
        #expect(rows.count == 48)
        #expect(Set(rows[0].keys) == ["time", "forecast", "low", "high"])
        #expect(rows[0]["time"] as? String == "2026-01-26T00:00:00Z")
        for (index, row) in rows.enumerated() {
            let expected = 140.5 + Double(abs(12 - index % 24))
            let forecast = try #require(row["forecast"] as? Double)
            #expect(abs(forecast - expected) < 4, "\(index): \(row)")
        }
        #expect(found.err.contains("model: ") && found.err.contains("season of 24 steps"), "\(found.err)")
    }

    @Test func `capacity says when a limit is reached, and changes when the level changed`() throws {
        let capacity = try Self.analyze("capacity", "--limit", "1000000", "--json").rows()
        #expect(capacity.count == 1)
        #expect(capacity[0]["expected"] is NSNull && capacity[0]["limit"] as? Double == 1_000_000)
        let changes = try Self.analyze("changes", "--json").rows()
        #expect(changes.contains { $0["time"] as? String == "2026-01-17T16:00:00Z" }, "\(changes)")
        let trend = try Self.analyze("trends", "--json").rows()
        #expect(try #require(trend.first?["slope"] as? Double) > 1)
    }

    @Test func `two groups of a view are compared`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let events = (0..<400).map { index in
            """
            {"time":"2026-01-21T\(index / 20 < 10 ? "0" : "")\(index / 20):\(10 + index % 20):00Z","signal":"http.request",\
            "component":"\(index % 2 == 0 ? "A" : "B")",\
            "data":{"duration_ms":\(index % 2 == 0 ? 100 + index % 7 : 130 + index % 5)}}
            """
        }.joined(separator: "\n")
        #expect(try BuiltCommand.run("ingest", "--data", data, input: events).code == 0)
        let query = ["--signal", "http.request", "--by", "component", "--bucket", "hour", "--avg", "duration_ms"]
        #expect(try BuiltCommand.start(["query", "--data", data] + query + ["--save", "durations"]).finish().code == 0)
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        let asked = ["analyze", "compare", "durations", "--data", data, "--column", "avg_duration_ms", "--by", "component"]
        let rows = try BuiltCommand.start(asked + ["--group", "A", "--group", "B", "--json"]).finish().rows()
        let found = try #require(rows.first)
        #expect(try #require(found["difference"] as? Double) < -25)
        #expect(try #require(found["welch_probability"] as? Double) < 1e-6)
        let unknown = try BuiltCommand.start(asked + ["--group", "A", "--group", "C"]).finish()
        #expect(unknown.code == 64 && unknown.err.contains("there are: A, B"), "\(unknown.err)")
    }

    @Test(arguments: [
        ["forecast", "--csv", "x.csv", "--time", "t", "--value", "v", "--horizon", "0"], ["capacity", "--csv", "x.csv"],
        ["compare", "latency", "--column", "p95_ms", "--by", "component", "--group", "A"],
        ["forecast", "--csv", "x.csv", "--time", "t", "--value", "v", "--level", "100"],
    ])
    func `what cannot be asked is a usage error`(arguments: [String]) throws {
        #expect(try BuiltCommand.start(["analyze"] + arguments).finish().code == 64)
    }

    @Test(arguments: [
        ["analyze", "costs"], ["analyze", "journeys", "--steps", "one"], ["analyze", "periods", "nothing", "--column", "x"],
        ["analyze", "errors", "--bucket", "all"], ["report", "yearly"], ["report", "daily", "--format", "pdf"],
    ])
    func `what cannot be analysed or reported is a usage error`(arguments: [String]) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "varve-analyze-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let data = folder.path
        let event = "{\"time\":\"2026-01-21T10:00:00Z\",\"signal\":\"a\"}"
        #expect(try BuiltCommand.run("ingest", "--data", data, input: event).code == 0)
        let finished = try BuiltCommand.start(arguments + ["--data", data]).finish()
        #expect(finished.code == 64, "\(arguments): \(finished.code) \(finished.err)")
        let report = try BuiltCommand.start(["report", "daily", "--data", data]).finish()
        #expect(report.code == 0 && report.out.hasPrefix("# Daily report"), "\(report.err)")
    }
}
