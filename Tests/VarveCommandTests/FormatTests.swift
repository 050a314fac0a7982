import Foundation
import Testing

/// What `ingest` makes of formats, mappings and wrong guesses, end to end.
struct FormatTests {
    private static let accessLog = (0..<3).map { second in
        #"203.0.113.9 - - [07/Mar/2026:15:58:5\#(second) +0200] "GET /v HTTP/1.1" 200 5 "-" "ua""#
    }.joined(separator: "\n")

    @Test func `auto tells the format and says so`() throws {
        let folder = TemporaryFolder()
        let file = try folder.file("access.log", Self.accessLog)
        let result = try BuiltCommand.run("ingest", file, "--data", folder.path("data"), "--format", "auto", "--json")
        #expect(result.code == 0, "\(result.err)")
        #expect(result.err.contains("this looks like an access log: --format combined"), "\(result.err)")
        #expect(try result.lastObject()["appended"] as? Int == 3)
    }

    @Test func `records read as the wrong format name the right one, and the code is 65`() throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run("ingest", "--data", folder.path("data"), input: Self.accessLog)
        #expect(result.code == 65)
        #expect(result.err.contains("this looks like an access log: --format combined"), "\(result.err)")
    }

    @Test(arguments: [
        ("a,b\n", 78), ("a,b\n1,2\n", 78), ("when,kind\n", 65), ("when,kind\r2026-03-01T10:00:00Z,load\r", 0), ("\n \n", 0),
    ])
    func `a table is held against its mapping, and nothing is no success`(text: String, code: Int) throws {
        let folder = TemporaryFolder()
        let map = try folder.file("map.yaml", "time: {column: when, unit: rfc3339}\nsignal: kind\n")
        let file = try folder.file("in.csv", text)
        let result = try BuiltCommand.run("ingest", file, "--data", folder.path("data"), "--format", "csv", "--map", map)
        #expect(Int(result.code) == code, "\(result.err)")
    }

    @Test func `a mapping serves JSON, with the zone, the signal and the format of the command line`() throws {
        let folder = TemporaryFolder()
        let map = try folder.file("map.yaml", "time: {path: at, unit: rfc3339}\nuser: {file: \"{}.ndjson\"}\n")
        let file = try folder.file("ann.ndjson", #"{"at":"2026-03-01 10:00:00","n":1}"# + "\n")
        let result = try BuiltCommand.run(
            "ingest", file, "--data", folder.path("data"), "--map", map, "--zone", "Europe/Berlin", "--signal", "made")
        #expect(result.code == 0, "\(result.err)")
        let printed = try BuiltCommand.run("cat", "--data", folder.path("data")).lastObject()
        #expect(printed["time"] as? String == "2026-03-01T09:00:00Z")
        #expect(printed["signal"] as? String == "made")
        #expect(printed["user_id"] as? String == "ann")
    }

    @Test func `the format of an access log is taken as its server has it`() throws {
        let folder = TemporaryFolder()
        let line = #"10.0.0.1 [07/Mar/2026:15:58:51 +0200] "GET /v?q=1 HTTP/1.1" 200 0.25"#
        let format = #"$remote_addr [$time_local] "$request" $status $request_time"#
        let result = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--format", format, input: line)
        #expect(result.code == 0, "\(result.err)")
        let printed = try BuiltCommand.run("cat", "--data", folder.path("data")).lastObject()
        #expect((printed["data"] as? [String: Any])?["duration_ms"] as? Double == 250)
        let wrong = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--format", "$remote_addr $status", input: line)
        #expect(wrong.code == 64)
        #expect(wrong.err.contains("no time"), "\(wrong.err)")
    }

    @Test func `holes in a file are passed over and told`() throws {
        let folder = TemporaryFolder()
        let line = #"{"time":"2026-03-01T10:00:00Z","signal":"s"}"# + "\n"
        let file = try folder.file("in.ndjson", [UInt8](repeating: 0, count: 4_096) + Array(line.utf8))
        let result = try BuiltCommand.run("ingest", file, "--data", folder.path("data"), "--json")
        #expect(result.code == 0, "\(result.err)")
        #expect(result.err.contains("4,096 NUL bytes"), "\(result.err)")
        #expect(try result.lastObject()["received"] as? Int == 1)
    }
}
