import Foundation
import Testing

/// `varve query`, and the `--where` that every command shares.
struct QueryCommandTests {
    private static let events = (0..<200).map { index in
        """
        {"time":"2026-01-21T14:\(index % 60 < 10 ? "0" : "")\(index % 60):00Z",\
        "signal":"checkout.\(index % 4 == 0 ? "failed" : "done")",\
        "component":"\(["Cart", "Pay Button", "Search"][index % 3])","user_id":"u\(index % 7)",\
        "data":{"status":\(index % 5 == 0 ? 500 : 200),"duration_ms":\(index),"user":"other","path":"/api/v\(index % 2)"}}
        """
    }.joined(separator: "\n")

    private func data(_ folder: borrowing TemporaryFolder) throws -> String {
        let data = folder.path("data")
        #expect(try BuiltCommand.run("ingest", "--data", data, input: Self.events).code == 0)
        return data
    }

    @Test func `a question is split, measured, sorted and cut as asked`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let rows = try BuiltCommand.run(
            "query", "--data", data, "--signal", "checkout.*", "--where", "status>=500", "--by", "component", "--count", "--max",
            "duration_ms", "--avg", "duration_ms", "--distinct", "user", "--json"
        ).rows()
        #expect(rows.map { $0["component"] as? String } == ["Cart", "Pay Button", "Search"])
        #expect(rows.map { $0["count"] as? Int } == [14, 13, 13])
        #expect(rows.map { $0["max_duration_ms"] as? Double } == [195, 190, 185])
        #expect(rows.map { $0["distinct_user"] as? Int } == [7, 7, 7])
        #expect(Set(rows[0].keys) == ["component", "count", "max_duration_ms", "avg_duration_ms", "distinct_user"])
        let top = try BuiltCommand.run("query", "--data", data, "--by", "component,signal", "--top", "2", "--json").rows()
        #expect(top.map { $0["count"] as? Int } == [50, 50])
        let sorted = try BuiltCommand.run(
            "query", "--data", data, "--by", "component", "--sum", "duration_ms", "--sort", "sum_duration_ms:desc", "--limit",
            "1", "--csv")
        #expect(sorted.out == "component,sum_duration_ms\r\nPay Button,6700\r\n")
        let total = try BuiltCommand.run("query", "--data", data, "--where", "status=404", "--json").rows()
        #expect(total.map { $0["count"] as? Int } == [0])
    }

    @Test func `buckets carry their time, and the ends of time are exact`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let rows = try BuiltCommand.run(
            "query", "--data", data, "--bucket", "hour", "--from", "2026-01-21T14:10", "--to", "2026-01-21T14:12", "--json"
        ).rows()
        #expect(rows.count == 1)
        #expect(rows.first?["time"] as? String == "2026-01-21T14:00:00Z")
        #expect(rows.first?["count"] as? Int == 8)
        let past = try BuiltCommand.run("query", "--data", data, "--at", "50", "--json").rows()
        #expect(past.first?["count"] as? Int == 50)
        // As `date +%s` prints it.
        let late = try BuiltCommand.run("query", "--data", data, "--from", "1769004600", "--json").rows()
        #expect(late.first?["count"] as? Int == 160)
        for option in ["--from", "--at"] {
            let refused = try BuiltCommand.run("query", "--data", data, option, "2h")
            #expect(refused.code == 64)
            #expect(refused.err.contains("2026-01-21T14:00, RFC 3339"), "\(refused.err)")
        }
    }

    @Test(arguments: [
        ("component=\"Pay Button\"", 67), ("component='Pay Button'", 67), ("data.user=other", 200), ("user=u3", 29),
        ("path~v1", 100),
        ("duration_ms<=9", 10), ("component=", 0), ("session_id=", 200), ("status!=200", 40), ("signal~failed", 50),
    ])
    func `the same conditions hold in cat, tail, query and export`(condition: String, count: Int) throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        if condition.hasPrefix("session_id") {
            let refused = try BuiltCommand.run("cat", "--data", data, "--where", condition)
            #expect(refused.code == 64)
            #expect(refused.err.contains("did you mean session?"), "\(refused.err)")
            return
        }
        #expect(try BuiltCommand.run("cat", "--data", data, "--where", condition).lines.count == count)
        #expect(try BuiltCommand.run("tail", "-n", "1000", "--data", data, "--where", condition).lines.count == count)
        #expect(try BuiltCommand.run("export", "--events", "--data", data, "--where", condition).lines.count == count)
        let rows = try BuiltCommand.run("query", "--data", data, "--where", condition, "--json").rows()
        #expect(rows.first?["count"] as? Int == count)
    }

    @Test(arguments: [
        ["cat", "--where", "statuss=500"], ["tail", "--where", "statuss=500"], ["export", "--events", "--where", "statuss=500"],
        ["query", "--where", "statuss=500"], ["query", "--by", "statuss"], ["query", "--p95", "statuss"],
    ])
    func `a field that no event has is refused with the one that was meant`(arguments: [String]) throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let running = try BuiltCommand.start(arguments + ["--data", data])
        let refused = try running.finish()
        #expect(refused.code == 64)
        #expect(refused.err.contains("did you mean status?"), "\(refused.err)")
        #expect(refused.out.isEmpty)
    }

    @Test(arguments: [
        ["query", "--where", "status"], ["query", "--bucket", "week"], ["query", "--sort", "nothing"], ["query", "--top", "0"],
        ["query", "--quantile", "2000:duration_ms"], ["query", "--by", "component,,signal"], ["query", "--json", "--csv"],
        ["query", "--sum", ""], ["query", "--by", "count"],
    ])
    func `a question that makes no sense is a usage error`(arguments: [String]) throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        #expect(try BuiltCommand.start(arguments + ["--data", data]).finish().code == 64)
    }

    @Test func `a question is kept as a view that projects, and never over another`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let ask = [
            "query", "--data", data, "--by", "component", "--where", "status>=500", "--p95", "duration_ms", "--save", "slow",
        ]
        let saved = try BuiltCommand.start(ask).finish()
        #expect(saved.code == 0 && saved.err.contains("views/slow.yaml"), "\(saved.err)")
        let again = try BuiltCommand.start(ask).finish()
        #expect(again.code == 64 && again.err.contains("nothing was written"), "\(again.err)")
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        let rows = try BuiltCommand.run("view", "show", "slow", "--data", data, "--bucket", "all", "--json").rows()
        #expect(rows.map { $0["count"] as? Int } == [14, 13, 13])
        #expect(try BuiltCommand.run("query", "--data", data, "--save", "No Name").code == 64)
        let builtIn = try BuiltCommand.run("query", "--data", data, "--save", "volume")
        #expect(builtIn.code == 64 && builtIn.err.contains("there is a view 'volume' already"), "\(builtIn.err)")
        let part = try BuiltCommand.run(
            "query", "--data", data, "--from", "2026-01-21T14:30", "--bucket", "day", "--top", "2", "--save", "late")
        #expect(part.code == 0 && part.err.contains("covers all events; --bucket, --from, --top belong"), "\(part.err)")
        let plan = try BuiltCommand.run("query", "--data", data, "--by", "component", "--explain")
        #expect(plan.out.contains("dimensions:") && plan.out.contains("segments  1 of 1"), "\(plan.out)")
    }

    @Test func `values too large for a sum are left out of it with their number`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let lines = ["5", "1e30", "7"].map { #"{"time":"2026-01-21T14:00:00Z","signal":"a","data":{"d":\#($0)}}"# }
        #expect(try BuiltCommand.run("ingest", "--data", data, input: lines.joined(separator: "\n")).code == 0)
        let both = try BuiltCommand.run("query", "--data", data, "--sum", "d", "--avg", "d", "--json")
        let row = try #require(try both.rows().first)
        #expect(row["sum_d"] as? Int == 12 && row["avg_d"] as? Double == 6 && row["sum_d_left_out"] as? Int == 1, "\(row)")
        let mean = try BuiltCommand.run("query", "--data", data, "--avg", "d")
        #expect(mean.err.contains("avg_d leaves out 1 values"), "\(mean.err)")
    }

    @Test func `a data directory that is not named is found, or asked for by name`() throws {
        let folder = TemporaryFolder()
        let none = try BuiltCommand.run("cat")
        #expect(none.code == 64 && none.err.contains("--data") && none.err.contains("VARVE_DATA"), "\(none.err)")
        let mistyped = try BuiltCommand.run("cat", "--dat", folder.path("data"))
        #expect(
            mistyped.code == 64 && mistyped.err.contains("--dat'") && mistyped.err.contains("did you mean --data?"),
            "\(mistyped.err)")
        #expect(try BuiltCommand.run("init", "--data", folder.path("data")).code == 0)
        let settings = try String(contentsOfFile: folder.path("data/varve.yaml"), encoding: .utf8)
        #expect(try BuiltCommand.run("init", "--data", folder.path("data")).out.contains("is unchanged"))
        let all = settings.replacing("# project:", with: "project:").replacing(
            "#   views: [volume, latency]", with: "  views: [volume]")
        _ = try folder.file("data/varve.yaml", all)
        #expect(try BuiltCommand.run("ingest", "--data", folder.path("data"), input: Self.events).code == 0)
        #expect(try BuiltCommand.run("project", "--data", folder.path("data")).out.hasPrefix("volume: up to offset 200"))
        _ = try folder.file("data/varve.yaml", "projekt: {views: all}\n")
        let wrong = try BuiltCommand.run("project", "--data", folder.path("data"))
        #expect(wrong.code == 78 && wrong.err.contains("projekt"), "\(wrong.err)")
    }

    @Test func `a new log keeps the views whose signals occur, and those with rows come first`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        let some = try BuiltCommand.run("view", "ls", "--data", data, "--json").rows()
        #expect(some.contains { $0["name"] as? String == "volume" } && !some.contains { $0["name"] as? String == "incidents" })
        let shown = try BuiltCommand.run("view", "show", "incidents", "--data", data)
        #expect(shown.code == 0 && shown.err.contains("folded from the log"), "\(shown.err)")
        #expect(try BuiltCommand.run("project", "--data", data, "--views", "all").code == 0)
        let cells = try BuiltCommand.run("view", "ls", "--data", data, "--json").rows().map { $0["cells"] as? Int ?? 0 }
        #expect(cells.count > some.count)
        let empty = try #require(cells.firstIndex(of: 0))
        #expect(!cells[empty...].contains { $0 > 0 })
    }

    @Test func `an overview counts what is there and names the hour that stands out`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        // Ten quiet days; on the last one an hour has ten times the events, and slow ones.
        var lines: [String] = []
        for hour in 0..<240 {
            let isOdd = hour == 230
            for index in 0..<(isOdd ? 300 : 60) {
                let time = 1_767_225_600_000 + hour * 3_600_000 + index * 10_000
                lines.append(
                    #"{"time":\#(time),"signal":"page.view","component":"C\#(index % 2)","#
                        + #""data":{"duration_ms":\#(isOdd ? 900 : 100 + index),"region":"eu"}}"#)
            }
        }
        #expect(try BuiltCommand.run("ingest", "--data", data, input: lines.joined(separator: "\n")).code == 0)
        let overview = try BuiltCommand.run("overview", "--data", data, "--json").lastObject()
        #expect(overview["events"] as? Int == 239 * 60 + 300)
        #expect(overview["first"] as? String == "2026-01-01T00:00:00Z")
        let signals = try #require(overview["signals"] as? [[String: Any]])
        #expect(signals.map { $0["signal"] as? String } == ["page.view"])
        #expect(signals.first?["last"] as? String == overview["last"] as? String)
        let notes = try #require(overview["notes"] as? [[String: Any]])
        #expect(!notes.isEmpty && notes.allSatisfy { $0["time"] as? String == "2026-01-10T14:00:00Z" }, "\(notes)")
        #expect(notes.contains { ($0["text"] as? String)?.contains("up to 300 events an hour") == true }, "\(notes)")
        #expect(notes.contains { ($0["view"] as? String) == "latency" }, "\(notes)")
        let text = try BuiltCommand.run("overview", "--data", data)
        #expect(text.out.contains("What stands out") && text.out.contains("varve query"), "\(text.out)")
    }

    @Test func `one broken view file stops nobody else`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let views = folder.path("views")
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/bad.yaml", "name: bad\nmeasures: {n: cuont}\n")
        _ = try folder.file("views/good.yaml", "name: good\ndimensions: [component]\nmeasures: {n: count}\n")
        let own = ["--data", data, "--views-dir", views]
        let projected = try BuiltCommand.start(["project"] + own).finish()
        #expect(projected.code == 78 && projected.err.contains("bad.yaml:2:"), "\(projected.err)")
        #expect(projected.out.contains("up to offset 200"))
        let good = try BuiltCommand.start(["view", "show", "good", "--bucket", "all", "--json"] + own).finish()
        #expect(try good.rows().map { $0["n"] as? Int } == [67, 67, 66])
        let bad = try BuiltCommand.start(["view", "show", "bad"] + own).finish()
        #expect(bad.code == 78 && bad.err.contains("bad.yaml:2:"), "\(bad.err)")
        let other = try BuiltCommand.start(["view", "show", "good", "--where", "componnet=Cart"] + own).finish()
        #expect(other.code == 64 && other.err.contains("did you mean component?"), "\(other.err)")
    }
}
