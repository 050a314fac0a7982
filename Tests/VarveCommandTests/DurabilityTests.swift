import Foundation
import Testing

/// `varve ingest --durability` and `--producer`.
struct DurabilityTests {
    private static func line(_ number: Int) -> String {
        #"{"time":1769817600000,"signal":"a.b","data":{"n":\#(number)}}"# + "\n"
    }

    private static func numbers(_ data: String) throws -> [Int] {
        try BuiltCommand.run("cat", "--data", data).lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return (object?["data"] as? [String: Any])?["n"] as? Int ?? -1
        }
    }

    @Test func `interval acknowledgements name their level, and a kill right behind one loses no line of it`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let input = Pipe()
        let running = try BuiltCommand.start(
            ["ingest", "-", "--data", data, "--acks", "--durability", "interval:1000"], input: input)
        try input.fileHandleForWriting.write(contentsOf: Data((Self.line(0) + Self.line(1)).utf8))
        #expect(running.wait { $0.out.contains("\n") }, "\(running.err)")
        kill(running.process.processIdentifier, SIGKILL)
        let first = try running.finish().lines[0]
        #expect(first.hasPrefix(#"{"ack":2,"offset":"#), "\(first)")
        #expect(first.hasSuffix(#","durability":"interval","durable_within_ms":1000}"#), "\(first)")
        #expect(!first.contains("sync"))
        // The next writer's recovery makes them durable.
        let receipt = try BuiltCommand.run("ingest", "--data", data, "--json", input: Self.line(2)).lastObject()
        #expect(receipt["durable_offset"] as? Int == 3)
        #expect(try Self.numbers(data) == [0, 1, 2])
    }

    @Test func `the receipt says what the acknowledgements promised, and that everything is on disk at the end`() throws {
        let folder = TemporaryFolder()
        let input = (0..<100).map(Self.line).joined()
        let result = try BuiltCommand.run(
            "ingest", "--data", folder.path("data"), "--json", "--durability", "interval", input: input)
        #expect(result.code == 0, "\(result.err)")
        let receipt = try result.lastObject()
        #expect(receipt["durability"] as? String == "interval" && receipt["durable_within_ms"] as? Int == 200)
        #expect(receipt["durable_offset"] as? Int == 100)
        #expect(try Self.numbers(folder.path("data")) == Array(0..<100))
    }

    @Test(arguments: ["interval:49", "interval:1001", "interval:", "interval:x", "never", "sync:200", "", "interval:200:3"])
    func `a level that is not one is refused before anything is read`(level: String) throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run("ingest", "--data", folder.path("data"), "--durability", level, input: Self.line(1))
        #expect(result.code == 64)
        #expect(!FileManager.default.fileExists(atPath: folder.path("data")))
    }

    @Test func `files ingested again under a producer are duplicates without ids, and only a missing rest is appended`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        // The first one has blank lines, a refused line, and no newline at its end.
        let first = try folder.file(
            "first.ndjson", "\n" + (0..<300).map(Self.line).joined() + "no event\n\n" + Self.line(300).dropLast())
        let second = try folder.file("second.ndjson", (301..<400).map(Self.line).joined())
        for run in 0..<3 {
            let result = try BuiltCommand.run("ingest", first, second, "--data", data, "--producer", "web", "--json")
            #expect(result.code == 0, "\(result.err)")
            let receipt = try result.lastObject()
            #expect(receipt["received"] as? Int == 401 && receipt["rejected"] as? Int == 1)
            #expect(receipt["appended"] as? Int == (run == 0 ? 400 : 0))
            #expect(receipt["duplicate"] as? Int == (run == 0 ? 0 : 400))
            #expect(receipt["durable_offset"] as? Int == 400)
        }
        #expect(try Self.numbers(data) == Array(0..<400))
        // Another name, and the same name with other lines, are other producers.
        let more = try folder.file("more.ndjson", Self.line(400))
        for name in ["web", "shop"] {
            let receipt = try BuiltCommand.run("ingest", more, "--data", data, "--producer", name, "--json").lastObject()
            #expect(receipt["appended"] as? Int == 1)
        }
    }

    @Test func `lines that were refused are no duplicates when the file is read in another way`() throws {
        let folder = TemporaryFolder()
        // The catalog wants a number; the second line is refused by the strict policy, in the middle.
        let good = #"{"time":"2026-01-31T23:59:59Z","signal":"retry.success","component":"Cart","session_id":"s1","#
            + #""data":{"api_endpoint":"/cart","retry_count":2}}"#
        let bad = good.replacing(":2}", with: #":"two"}"#)
        let file = try folder.file("events.ndjson", [good, bad, good].joined(separator: "\n") + "\n")
        for (policy, appended, duplicate, rejected) in [("strict", 2, 0, 1), ("strict", 0, 2, 1), ("lenient", 3, 0, 0)] {
            let receipt = try BuiltCommand.run(
                "ingest", file, "--data", folder.path("data"), "--producer", "web", "--json", "--policy", policy
            ).lastObject()
            #expect(receipt["appended"] as? Int == appended && receipt["duplicate"] as? Int == duplicate, "\(policy)")
            #expect(receipt["rejected"] as? Int == rejected, "\(policy)")
        }
        let map = folder.path("map.yaml")
        let table = try folder.file("table.csv", "t\n1700000000000\n")
        for (signal, appended) in [("root", 1), ("root", 0), ("span", 1)] {
            _ = try folder.file("map.yaml", "time: {column: t, unit: ms}\nsignal: {constant: rpc.\(signal)}\n")
            let receipt = try BuiltCommand.run(
                "ingest", table, "--data", folder.path("data"), "--producer", "web", "--json", "--format", "csv", "--map", map
            ).lastObject()
            #expect(receipt["appended"] as? Int == appended, "\(signal)")
        }
    }

    @Test func `a producer that was killed goes on where the log ends`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        // Several batches of 65,536 events.
        let count = 150_000
        let input = try folder.file("big.ndjson", (0..<count).map(Self.line).joined())
        let running = try BuiltCommand.start(["ingest", input, "--data", data, "--producer", "web", "--acks"])
        #expect(running.wait { $0.out.contains("ack") }, "\(running.err)")
        kill(running.process.processIdentifier, SIGKILL)
        _ = try running.finish()
        let receipt = try BuiltCommand.run("ingest", input, "--data", data, "--producer", "web", "--json").lastObject()
        let (appended, duplicate) = (receipt["appended"] as? Int ?? 0, receipt["duplicate"] as? Int ?? 0)
        #expect(appended + duplicate == count && duplicate > 0)
        #expect(receipt["durable_offset"] as? Int == count)
    }

    @Test func `standard input and things that are no files are no producers`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let input = try BuiltCommand.run("ingest", "-", "--data", data, "--producer", "web", input: Self.line(1))
        #expect(input.code == 64 && input.err.contains("--producer"))
        let missing = try BuiltCommand.run(
            "ingest", try folder.file("a.ndjson", Self.line(1)), folder.path("b.ndjson"), "--data", data, "--producer", "web")
        #expect(missing.code == 74 && missing.err.contains("b.ndjson"))
        #expect(!FileManager.default.fileExists(atPath: data + "/log"))
    }
}
