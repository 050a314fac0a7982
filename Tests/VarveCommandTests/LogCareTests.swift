import Foundation
import Testing

/// `varve log …` on a real disk.
struct LogCareTests {
    private static func log(_ folder: borrowing TemporaryFolder, events: Int = 2_000) throws -> String {
        let data = folder.path("data")
        let made = try BuiltCommand.run("generate", "--events", "\(events)")
        let taken = try BuiltCommand.run("ingest", try folder.file("events.ndjson", made.out), "--data", data)
        #expect(taken.code == 0, "\(taken.err)")
        return data
    }

    private static func segment(_ data: String) throws -> URL {
        let names = try FileManager.default.contentsOfDirectory(atPath: data + "/log").filter { $0.hasSuffix(".seg") }.sorted()
        return URL(filePath: data + "/log/" + (try #require(names.first)))
    }

    @Test func `verify ends with 0 on a sound log and with 2 and the file on a flipped bit`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        #expect(try BuiltCommand.run("log", "verify", "--data", data).code == 0)
        let segment = try Self.segment(data)
        var bytes = try Data(contentsOf: segment)
        bytes[bytes.count / 2] ^= 0x10
        try bytes.write(to: segment)
        let result = try BuiltCommand.run("log", "verify", "--data", data, "--json")
        #expect(result.code == 2)
        #expect(result.out.contains(segment.lastPathComponent), "\(result.out)")
        #expect(try result.lastObject()["sound"] as? Bool == false)
    }

    @Test func `segments, columns and inspect describe a log`() throws {
        let folder = TemporaryFolder()
        let data = try Self.log(folder)
        let segments = try BuiltCommand.run("log", "segments", "--data", data, "--json")
        #expect(segments.code == 0)
        #expect(try segments.lastObject()["end_offset"] as? Int == 2_000)
        let columns = try BuiltCommand.run("log", "info", "--columns", "--data", data)
        #expect(columns.code == 0, "\(columns.err)")
        #expect(columns.out.contains("component"))
        let dump = try BuiltCommand.run("log", "inspect", try Self.segment(data).path(percentEncoded: false), "--frame", "0")
        #expect(dump.code == 0, "\(dump.err)")
        #expect(dump.out.contains("magic VRVF"))
    }
}

struct FindCommandTests {
    @Test func `cat and tail print the events that match`() throws {
        let folder = TemporaryFolder()
        let lines = (0..<40).map {
            #"{"time":"2026-01-01T00:00:\#(10 + $0)Z","signal":"s.\#($0 % 2)","session":"x\#($0 / 10)","data":{"n":\#($0)}}"#
        }
        let data = folder.path("data")
        let taken = try BuiltCommand.run(
            "ingest", try folder.file("e.ndjson", lines.joined(separator: "\n") + "\n"), "--data", data)
        #expect(taken.code == 0, "\(taken.err)")
        #expect(try BuiltCommand.run("cat", "--data", data).lines.count == 40)
        #expect(try BuiltCommand.run("cat", "--data", data, "--session", "x2").lines.count == 10)
        #expect(try BuiltCommand.run("cat", "--data", data, "--signal", "*.1", "--where", "n>=30").lines.count == 5)
        let window = try BuiltCommand.run(
            "cat", "--data", data, "--from", "2026-01-01T00:00:15Z", "--to", "2026-01-01T00:00:18Z")
        #expect(window.lines.count == 3, "\(window.err)")
        #expect(try BuiltCommand.run("tail", "--data", data, "-n", "3").lines.count == 3)
        #expect(try BuiltCommand.run("cat", "--data", data, "--where", "n").code == 64)
    }
}

struct MaintenanceCommandTests {
    @Test func `compact seals and rewrites, retain removes after asking`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let made = try BuiltCommand.run("generate", "--events", "3000", "--ids")
        #expect(try BuiltCommand.run("ingest", try folder.file("e.ndjson", made.out), "--data", data).code == 0)
        let before = try BuiltCommand.run("cat", "--data", data).out
        #expect(try BuiltCommand.run("log", "compact", "--data", data, "--dry-run").code == 0)
        let compacted = try BuiltCommand.run("log", "compact", "--data", data, "--json")
        #expect(compacted.code == 0, "\(compacted.err)")
        #expect(try compacted.lastObject()["rewritten"] as? Int == 1)
        #expect(try BuiltCommand.run("cat", "--data", data).out == before)
        #expect(try BuiltCommand.run("log", "verify", "--data", data).code == 0)
        #expect(try BuiltCommand.run("log", "retain", "--data", data).code == 0)
        #expect(try BuiltCommand.run("log", "retain", "--data", data, "--days", "3").code == 1)
        let far = ["log", "retain", "--data", data, "--now", "2200-01-01", "--json"]
        #expect(try BuiltCommand.start(far + ["--dry-run"]).finish().lastObject()["events"] as? Int == 3_000)
        let gone = try BuiltCommand.start(far).finish()
        #expect(try gone.lastObject()["retained"] as? Int == 3_000)
        #expect(gone.err.contains("no projector is registered"), "\(gone.err)")
        #expect(try BuiltCommand.run("log", "info", "--data", data, "--json").lastObject()["first_offset"] as? Int == 3_000)
        #expect(try BuiltCommand.run("export", "--events", "--data", data).err.contains("events below offset 3000 have expired"))
        #expect(try BuiltCommand.run("cat", "--data", data).out.isEmpty)
        #expect(try BuiltCommand.run("log", "verify", "--data", data).code == 0)
    }
}
