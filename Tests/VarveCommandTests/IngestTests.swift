import Foundation
import Testing

private let good = #"{"time":"2026-01-31T10:00:00Z","signal":"cart.retried","component":"Cart","data":{"retry_count":2}}"#

struct IngestTests {
    @Test func `generated events go in and come out, every one of them, in order`() throws {
        let folder = TemporaryFolder()
        let traffic = try BuiltCommand.run("generate", "--events", "5000", "--days", "3")
        #expect(traffic.code == 0)
        let input = try folder.file("traffic.ndjson", traffic.out)
        let ingested = try BuiltCommand.run("ingest", input, "--data", folder.path("data"), "--json")
        #expect(ingested.code == 0, "\(ingested.err)")
        let receipt = try ingested.lastObject()
        #expect(
            Set(receipt.keys) == [
                "received", "appended", "duplicate", "rejected", "first_offset", "last_offset", "durable_offset", "bytes_in",
                "bytes_on_disk", "seconds", "durability", "background_errors",
            ])
        #expect(receipt["durability"] as? String == "sync")
        #expect(receipt["received"] as? Int == 5_000)
        #expect(receipt["appended"] as? Int == 5_000)
        #expect(receipt["first_offset"] as? Int == 0)
        #expect(receipt["last_offset"] as? Int == 4_999)
        #expect(receipt["durable_offset"] as? Int == 5_000)
        #expect(receipt["bytes_in"] as? Int == traffic.out.utf8.count)

        let printed = try BuiltCommand.run("cat", "--data", folder.path("data"))
        #expect(printed.lines.count == 5_000)
        for (before, after) in zip(traffic.lines, printed.lines) {
            let before = try #require(try JSONSerialization.jsonObject(with: Data(before.utf8)) as? [String: Any])
            let after = try #require(try JSONSerialization.jsonObject(with: Data(after.utf8)) as? [String: Any])
            for name in ["signal", "component", "session_id", "user_id"] {
                #expect(before[name] as? String == after[name] as? String)
            }
            let (left, right) = (before["data"] as? NSDictionary, after["data"] as? NSDictionary)
            #expect(left == right)
        }

        // What cat prints is what ingest reads.
        let again = try BuiltCommand.run("ingest", "-", "--data", folder.path("copy"), "--json", input: printed.out)
        #expect(try again.lastObject()["appended"] as? Int == 5_000, "\(again.err)")
    }

    @Test func `an event with a known id is a duplicate, also in a later run`() throws {
        let folder = TemporaryFolder()
        let traffic = try BuiltCommand.run("generate", "--events", "300", "--ids").out
        for run in 0..<2 {
            let receipt = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--json", input: traffic + traffic)
                .lastObject()
            #expect(receipt["received"] as? Int == 600)
            #expect(receipt["appended"] as? Int == (run == 0 ? 300 : 0))
            #expect(receipt["duplicate"] as? Int == (run == 0 ? 300 : 600))
            #expect(receipt["durable_offset"] as? Int == 300)
        }
    }

    @Test func `an acknowledged line is durable before the input ends, and a signal loses nothing`() throws {
        let folder = TemporaryFolder()
        let input = Pipe()
        let running = try BuiltCommand.start(["ingest", "-", "--data", folder.path("data"), "--acks", "--json"], input: input)
        try input.fileHandleForWriting.write(contentsOf: Data((good + "\n" + good + "\n").utf8))
        #expect(running.wait { $0.out.contains("\n") }, "\(running.err)")
        #expect(running.out.hasPrefix(#"{"ack":2,"offset":2,"durability":"sync"}"#), "\(running.out)")
        #expect(try BuiltCommand.run("cat", "--data", folder.path("data")).lines.count == 2)

        try input.fileHandleForWriting.write(contentsOf: Data((good + "\n" + good.dropLast()).utf8))
        #expect(running.wait { $0.out.contains(#"{"ack":3,"offset":3,"durability":"sync"}"#) }, "\(running.out)")
        running.process.terminate()
        let finished = try running.finish()
        #expect(finished.code == 0, "\(finished.err)")
        // The half line that came last was never whole: it is neither in the log nor refused.
        #expect(try finished.lastObject()["received"] as? Int == 3)
        #expect(try BuiltCommand.run("cat", "--data", folder.path("data")).lines.count == 3)
    }

    @Test func `a second writer ends with 75 and names the first`() throws {
        let folder = TemporaryFolder()
        let input = Pipe()
        let running = try BuiltCommand.start(["ingest", "-", "--data", folder.path("data"), "--acks"], input: input)
        try input.fileHandleForWriting.write(contentsOf: Data((good + "\n").utf8))
        #expect(running.wait { $0.out.contains("ack") }, "\(running.err)")
        let second = try BuiltCommand.run("ingest", "--data", folder.path("data"), input: good + "\n")
        #expect(second.code == 75)
        #expect(second.err.contains("\(running.process.processIdentifier)"), "\(second.err)")
        try input.fileHandleForWriting.close()
        #expect(try running.finish().code == 0)
    }

    @Test func `what recovery finds is said on standard error, and only then`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        for run in 0..<3 {
            if run == 2 {
                let names = try FileManager.default.contentsOfDirectory(atPath: data + "/log").filter { $0.hasSuffix(".seg") }
                let file = try FileHandle(forWritingTo: URL(filePath: data + "/log/" + #require(names.first)))
                try file.seekToEnd()
                try file.write(contentsOf: Data("half a frame".utf8))
                try file.close()
            }
            let result = try BuiltCommand.run("ingest", "--data", data, "--json", input: good + "\n")
            #expect(result.code == 0)
            #expect(try result.lastObject().count == 12)
            #expect(result.err.isEmpty == (run < 2), "\(result.err)")
            guard run == 2 else { continue }
            #expect(result.err.hasPrefix("note: "), "\(result.err)")
            #expect(result.err.contains("12 B") && result.err.contains("/torn/"), "\(result.err)")
        }
        #expect(try BuiltCommand.run("cat", "--data", data).lines.count == 3)
    }

    @Test func `the log is recovered after a kill, and what was acknowledged is there once`() throws {
        let folder = TemporaryFolder()
        let input = Pipe()
        let running = try BuiltCommand.start(["ingest", "-", "--data", folder.path("data"), "--acks"], input: input)
        let lines = (0..<500).map { #"{"id":"e\#($0)","time":1769817600000,"signal":"a.b","data":{"n":\#($0)}}"# + "\n" }
        try input.fileHandleForWriting.write(contentsOf: Data(lines.joined().utf8))
        #expect(running.wait { $0.out.contains("ack") }, "\(running.err)")
        kill(running.process.processIdentifier, SIGKILL)
        let acknowledged =
            try #require(
                try JSONSerialization.jsonObject(
                    with: Data(try running.finish().lines[0].utf8)) as? [String: Any])["ack"] as? Int ?? 0
        #expect(acknowledged > 0)
        let again = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--json", input: lines.joined())
        let receipt = try again.lastObject()
        #expect(receipt["duplicate"] as? Int ?? 0 >= acknowledged)
        #expect(receipt["durable_offset"] as? Int == 500)
        #expect(
            Set(try BuiltCommand.run("cat", "--data", folder.path("data")).lines.map { $0.prefix { $0 != "," } }).count == 500)
    }
}
