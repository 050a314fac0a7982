import Foundation
import Testing

/// What a table of numbers must say beside the numbers.
struct TrueAnswerTests {
    private static func lines(_ texts: [String]) -> String { texts.map { $0 + "\n" }.joined() }

    private static func event(_ minute: Int, _ data: String, _ more: String = "") -> String {
        #"{"time":"2026-01-21T14:0\#(minute):00Z","signal":"shop.sold"\#(more),"data":{\#(data)}}"#
    }

    private static func data(_ folder: borrowing TemporaryFolder, _ texts: [String]) throws -> String {
        let data = folder.path("data")
        let result = try BuiltCommand.run("ingest", "--data", data, input: lines(texts))
        #expect(result.code == 0, "\(result.err)")
        return data
    }

    /// A view of the data directory.
    private static func view(_ name: String, _ text: String, _ folder: borrowing TemporaryFolder) throws {
        try FileManager.default.createDirectory(atPath: folder.path("data/views"), withIntermediateDirectories: true)
        _ = try folder.file("data/views/\(name).yaml", "name: \(name)\n" + text)
    }

    private static func run(_ data: String, _ arguments: String...) throws -> Finished {
        let result = try BuiltCommand.start(arguments + ["--data", data]).finish()
        #expect(result.code == 0, "\(arguments): \(result.err)")
        return result
    }

    @Test func `a sum says with each row how many values are no numbers, in every format`() throws {
        let folder = TemporaryFolder()
        let values = [#""price":2"#, #""price":"5""#, #""price":true"#, #""q":1"#]
        let own = Self.event(5, #""price":9"#, #","user_id":"u""#)
        let data = try Self.data(folder, values.enumerated().map { Self.event($0, $1) } + [own])
        let query = ["query", "--sum", "price", "--by", "user", "--data", data]
        let rows = try BuiltCommand.start(query + ["--json"]).finish().rows()
        #expect(rows.map { $0["sum_price"] as? Int } == [2, 9])
        #expect(rows.map { $0["sum_price_left_out"] as? Int } == [2, 0])
        let csv = try BuiltCommand.start(query + ["--csv"]).finish()
        #expect(csv.out == "user,sum_price,sum_price_left_out\r\n,2,2\r\nu,9,0\r\n", "\(csv.out)")
        let table = try BuiltCommand.start(query).finish()
        #expect(table.out.contains("sum_price_left_out"), "\(table.out)")
        #expect(table.err.contains("sum_price leaves out 2 values that are not numbers"), "\(table.err)")
        let measures = "{n: count, total: {sum: price}, kinds: {distinct: price}}"
        try Self.view("sold", "measures: \(measures)\n", folder)
        _ = try Self.run(data, "project", "--views", "sold")
        for source in [[], ["--fresh"]] {
            let show = ["view", "show", "sold", "--bucket", "all", "--json", "--data", data]
            let shown = try BuiltCommand.start(show + source).finish()
            let row = try #require(try shown.rows().first)
            #expect(row["total"] as? Int == 11 && row["total_left_out"] as? Int == 2 && row["kinds"] as? Int == 4, "\(row)")
        }
    }

    @Test func `the number 200 and the text 200 are two values, grouped and counted`() throws {
        let folder = TemporaryFolder()
        let data = try Self.data(folder, [#""s":200"#, #""s":"200""#, #""s":200.0"#].enumerated().map { Self.event($0, $1) })
        #expect(try Self.run(data, "query", "--by", "s", "--json").rows().count == 2)
        #expect(try Self.run(data, "query", "--distinct", "s", "--json").rows().first?["distinct_s"] as? Int == 2)
        let both = try Self.run(data, "query", "--distinct", "s", "--by", "signal", "--json").rows()
        #expect(both.first?["distinct_s"] as? Int == 2)
    }

    @Test func `a view that nobody keeps any more is frozen, in view ls and in project status`() throws {
        let folder = TemporaryFolder()
        let data = try Self.data(folder, [Self.event(0, #""duration_ms":2"#)])
        _ = try Self.run(data, "project", "--views", "volume,latency")
        _ = try BuiltCommand.run("ingest", "--data", data, input: Self.lines([Self.event(1, #""duration_ms":3"#)]))
        _ = try Self.run(data, "project", "--views", "volume")
        let status = try Self.run(data, "project", "status")
        #expect(status.out.contains("main: latency is frozen at offset 1 of 2: no projector keeps it any more"), "\(status.out)")
        let object = try #require(try Self.run(data, "project", "status", "--json").rows().first)
        let frozen = try #require(object["frozen"] as? [[String: Any]])
        #expect(frozen.map { $0["view"] as? String } == ["latency"] && frozen.first?["offset"] as? Int == 1)
        #expect(object["lag_events"] as? Int == 0)

        _ = try Self.run(data, "project", "forget", "main")
        let listed = try Self.run(data, "view", "ls", "--json").rows()
        #expect(listed.count == 2 && listed.allSatisfy { $0["frozen"] as? Bool == true }, "\(listed)")
        let table = try Self.run(data, "view", "ls")
        #expect(table.out.contains("frozen") && !table.out.contains("yes") && table.err.contains("was forgotten"), "\(table.out)")
        let after = try Self.run(data, "project", "status")
        #expect(after.out.contains("main (forgotten): volume is frozen at offset 2 of 2"), "\(after.out)")
        #expect(try Self.run(data, "project", "status", "--json").rows().isEmpty, "it is no projector any more")
        #expect(try Self.run(data, "view", "show", "volume").err.contains("frozen at offset 2 of 2"))
        // It keeps them again once it has run.
        _ = try Self.run(data, "project", "--views", "volume,latency")
        #expect(try Self.run(data, "view", "ls", "--json").rows().allSatisfy { $0["frozen"] as? Bool == false })
        #expect(try Self.run(data, "project", "status").out.contains("frozen") == false)
    }

    @Test func `metrics have custom views, and say of each view what it covers`() throws {
        let folder = TemporaryFolder()
        let data = try Self.data(folder, (0..<4).map { Self.event($0, #""price":\#($0)"#, #","user_id":"u\#($0)""#) })
        _ = try Self.run(data, "project", "--views", "volume,active_users")
        _ = try Self.run(data, "log", "compact")
        _ = try Self.run(data, "log", "retain", "--days", "0", "--yes", "--now", "2100-01-01T00:00:00Z")
        _ = try BuiltCommand.run("ingest", "--data", data, input: Self.lines([Self.event(5, #""price":7"#)]))
        try Self.view("sold", "measures: {n: count, total: {sum: price}}\n", folder)
        try Self.view("idle", "measures: {n: count}\n", folder)
        _ = try Self.run(data, "project", "--views", "volume,active_users,sold")
        let all = try Self.run(data, "metrics", "--json", "--from", "2026-01-21T14:02:00Z").lastObject()
        let values = try #require(all["metrics"] as? [String: [String: Any]])
        let views = try #require(all["views"] as? [String: [String: Any]])
        #expect(values["sold.total"]?["value"] as? Int == 7 && values["volume.events"]?["value"] as? Int == 5, "\(values)")
        #expect(values["idle.n"] == nil && views["idle"] == nil)
        #expect(views["sold"]?["complete_from"] as? Int == 4 && views["volume"]?["complete_from"] as? Int == 0, "\(views)")
        // What has expired within the hour makes the range of the one wider, and not that of the other.
        let (volume, sold) = (views["volume"] ?? [:], views["sold"] ?? [:])
        #expect(volume["from"] as? String == "2026-01-21T14:00:00Z" && volume["range_as_asked"] as? Bool == false)
        #expect(sold["from"] as? String == "2026-01-21T14:02:00Z" && sold["range_as_asked"] as? Bool == true)
        #expect(views["active_users"]?["from"] as? String == "2026-01-21T00:00:00Z", "\(views)")
        let table = try Self.run(data, "metrics")
        #expect(table.err.contains(" other views: complete from offset 4"), "\(table.err)")
        #expect(try Self.run(data, "metrics", "--system", "bookiji").out.contains("sold.") == false)
    }

    @Test func `a condition on a column selects rows of the answer`() throws {
        let folder = TemporaryFolder()
        let last = Self.event(7, "", #","component":"c0""#)
        let texts = (0..<6).map { Self.event($0, "", #","component":"c\#($0 / 2)""#) } + [last]
        let data = try Self.data(folder, texts)
        try Self.view("mine", "dimensions: [component]\nmeasures: {n: count}\n", folder)
        _ = try Self.run(data, "project", "--views", "mine")
        func names(_ conditions: String...) throws -> [String?] {
            let given = conditions.flatMap { ["--where", $0] }
            let show = ["view", "show", "mine", "--bucket", "all", "--json", "--data", data]
            let shown = try BuiltCommand.start(show + given).finish()
            #expect(shown.code == 0, "\(shown.err)")
            return try shown.rows().map { $0["component"] as? String }
        }
        #expect(try names("n>=3") == ["c0"])
        #expect(try names("n=2", "component!=c1") == ["c2"])
        #expect(try names("n<2") == [])
        let merged = try Self.run(data, "view", "show", "mine", "--bucket", "all", "--by", "none", "--where", "n>6", "--json")
        #expect(try merged.rows().map { $0["n"] as? Int } == [7])
        let unknown = try BuiltCommand.run("view", "show", "mine", "--data", data, "--where", "componnt=c1")
        #expect(unknown.code == 64 && unknown.err.contains("did you mean component?"), "\(unknown.err)")
    }

    @Test func `a question groups by the hour of its events, and counts combinations of fields`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let texts = (0..<6).map { index in
            #"{"time":"2026-01-2\#(1 + index / 3)T1\#(index % 3):30:00Z","signal":"a","user_id":"u\#(index % 2)","#
                + #""component":"c\#(index / 3)"}"#
        }
        #expect(try BuiltCommand.run("ingest", "--data", data, input: Self.lines(texts)).code == 0)
        let hours = try Self.run(data, "query", "--by", "hour_of_day", "--json").rows()
        #expect(hours.map { $0["hour_of_day"] as? Int } == [10, 11, 12] && hours.map { $0["count"] as? Int } == [2, 2, 2])
        let week = try Self.run(data, "query", "--by", "hour_of_week,component", "--json").rows()
        #expect(week.map { $0["hour_of_week"] as? Int } == [58, 59, 60, 82, 83, 84])
        let pairs = try Self.run(data, "query", "--distinct", "user,component", "--distinct", "user", "--json").rows()
        #expect(pairs.first?["distinct_user_component"] as? Int == 4 && pairs.first?["distinct_user"] as? Int == 2)
        #expect(try BuiltCommand.run("query", "--data", data, "--distinct", "user,").code == 64)
        let unknown = try BuiltCommand.run("query", "--data", data, "--distinct", "user,compnent")
        #expect(unknown.code == 64 && unknown.err.contains("did you mean component?"), "\(unknown.err)")
        // Saved, it is a view with the same dimension.
        _ = try Self.run(data, "query", "--by", "hour_of_day", "--distinct", "user,component", "--save", "hours")
        _ = try Self.run(data, "project", "--views", "hours")
        #expect(try Self.run(data, "view", "show", "hours", "--bucket", "all", "--json").rows().count == 3)
    }
}
