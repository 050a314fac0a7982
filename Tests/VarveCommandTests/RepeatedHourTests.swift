import Foundation
import Testing

/// The hour that occurs twice in Berlin on 2026-10-25: clocks are set back at 01:00 UTC.
struct RepeatedHourTests {
    private static let times = ["00:10", "00:30", "01:30", "01:45", "02:10"]

    private static func data(_ folder: borrowing TemporaryFolder) throws -> String {
        let data = folder.path("data")
        let lines = times.enumerated().map { number, time in
            #"{"time":"2026-10-25T\#(time):00Z","signal":"a","component":"c\#(number % 2)","data":{"ms":\#(number)}}"# + "\n"
        }
        #expect(try BuiltCommand.run("ingest", "--data", data, input: lines.joined()).code == 0)
        try FileManager.default.createDirectory(atPath: folder.path("data/views"), withIntermediateDirectories: true)
        let view = "zone: Europe/Berlin\ndimensions: [component]\nmeasures: {n: count, ms: {sum: ms}}\n"
        _ = try folder.file("data/views/local.yaml", "name: local\n" + view + "derived: {rate: {rate_per_second: n}}\n")
        #expect(try BuiltCommand.run("project", "--data", data, "--views", "local").code == 0)
        return data
    }

    private static func rows(_ data: String, _ arguments: [String]) throws -> [String] {
        let shown = try BuiltCommand.start(["view", "show", "local", "--json", "--data", data] + arguments).finish()
        #expect(shown.code == 0, "\(shown.err)")
        return try shown.rows().map { row in
            let time = (row["time"] as? String)?.replacing("2026-10-25T", with: "") ?? "-"
            return "\(time) \(row["component"] as? String ?? "") \(row["n"] as? Int ?? -1)"
        }
    }

    @Test(arguments: [[], ["--fresh"], ["--at", "5"]])
    func `both occurrences have rows of their own, by hour and by minute, with their own offsets`(source: [String]) throws {
        let folder = TemporaryFolder()
        let data = try Self.data(folder)
        let merged = ["--by", "none"] + source
        #expect(
            try Self.rows(data, merged + ["--bucket", "hour"])
                == ["02:00:00+02:00  2", "02:00:00+01:00  2", "03:00:00+01:00  1"])
        #expect(
            try Self.rows(data, merged + ["--bucket", "minute"]) == [
                "02:10:00+02:00  1", "02:30:00+02:00  1", "02:30:00+01:00  1", "02:45:00+01:00  1", "03:10:00+01:00  1",
            ])
        #expect(try Self.rows(data, merged + ["--bucket", "day"]) == ["00:00:00+02:00  5"])
        #expect(
            try Self.rows(data, source + ["--bucket", "hour"]) == [
                "02:00:00+02:00 c0 1", "02:00:00+02:00 c1 1", "02:00:00+01:00 c0 1", "02:00:00+01:00 c1 1", "03:00:00+01:00 c0 1",
            ])
        #expect(
            try Self.rows(data, source + ["--bucket", "hour", "--where", "component=c1"])
                == ["02:00:00+02:00 c1 1", "02:00:00+01:00 c1 1"])
        // Ranges cut either occurrence.
        let late = merged + ["--bucket", "hour", "--from", "2026-10-25T02:40:00+01:00"]
        #expect(try Self.rows(data, late) == ["02:00:00+01:00  1", "03:00:00+01:00  1"])
        let early = merged + ["--bucket", "minute", "--to", "2026-10-25T02:20:00+02:00"]
        #expect(try Self.rows(data, early) == ["02:10:00+02:00  1"])
        let newest = merged + ["--bucket", "hour", "--sort", "time:desc", "--limit", "2"]
        #expect(try Self.rows(data, newest) == ["03:00:00+01:00  1", "02:00:00+01:00  2"])
    }

    @Test func `a rate is of its own hour, and where the events have expired the two hours are one row`() throws {
        let folder = TemporaryFolder()
        let data = try Self.data(folder)
        let show = ["view", "show", "local", "--json", "--by", "none", "--data", data]
        let rates = try BuiltCommand.start(show).finish().rows().map { $0["rate"] as? Double ?? 0 }
        #expect(rates.map { ($0 * 3_600).rounded() } == [2, 2, 1])
        for arguments in [["compact"], ["retain", "--days", "0", "--yes", "--now", "2100-01-01T00:00:00Z"]] {
            #expect(try BuiltCommand.start(["log"] + arguments + ["--data", data]).finish().code == 0)
        }
        #expect(try Self.rows(data, ["--by", "none"]) == ["02:00:00+02:00  4", "03:00:00+01:00  1"])
    }
}
