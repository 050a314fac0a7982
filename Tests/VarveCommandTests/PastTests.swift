import Foundation
import Testing

/// Two logs: the first 3,000 events of three days, and all 4,000 of them, appended at two times.
private func logs(_ folder: borrowing TemporaryFolder) throws -> (early: String, late: String) {
    let traffic = try BuiltCommand.run("generate", "--events", "4000", "--days", "3", "--seed", "5").lines.map { $0 + "\n" }
    let (early, late) = (folder.path("early"), folder.path("late"))
    let parts = [traffic[..<3_000].joined(), traffic[3_000...].joined()]
    try BuiltCommand.run("ingest", "--data", early, input: parts[0])
    for part in parts { try BuiltCommand.run("ingest", "--data", late, input: part) }
    return (early, late)
}

struct PastTests {
    @Test func `a view of the past is the view of a log that ends there, row for row and by its hash`() throws {
        let folder = TemporaryFolder()
        let (early, late) = try logs(folder)
        for bucket in ["minute", "hour", "all"] {
            let show = ["view", "show", "latency", "--bucket", bucket, "--json", "--data"]
            let then = try BuiltCommand.start(show + [late, "--at", "3000"]).finish()
            let whole = try BuiltCommand.start(show + [early, "--at", "3000"]).finish()
            #expect(then.code == 0, "\(then.err)")
            #expect(then.out == whole.out)
            #expect(try !then.rows().isEmpty)
        }
        let hash = try BuiltCommand.run("view", "hash", "latency", "--data", early).out
        #expect(hash.wholeMatch(of: /[0-9a-f]{64}\n/) != nil, "\(hash)")
        for options in [[], ["--threads", "1"], ["--no-cache"]] {
            let past = try BuiltCommand.start(["view", "hash", "latency", "--data", late, "--at", "3000"] + options).finish()
            #expect(past.out == hash, "\(past.err)")
        }
        #expect(try BuiltCommand.run("view", "hash", "latency", "--data", late).out != hash)
    }

    @Test func `what a projector keeps has the hash that the log gives at its offset`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let lines = (0..<4).map { #"{"time":"2026-01-31T10:0\#($0):00Z","signal":"a.b","session_id":"s"}"# + "\n" }
        try BuiltCommand.run("ingest", "--data", data, input: lines.prefix(3).joined())
        try BuiltCommand.run("project", "--data", data)
        try BuiltCommand.run("ingest", "--data", data, input: lines[3])
        for view in ["volume", "sessions"] {
            let kept = try BuiltCommand.run("view", "hash", view, "--data", data, "--name", "main")
            #expect(kept.err == "at offset 3\n", "\(kept.err)")
            #expect(try BuiltCommand.run("view", "hash", view, "--data", data, "--at", "3").out == kept.out)
            #expect(try BuiltCommand.run("view", "hash", view, "--data", data).out != kept.out)
        }
        #expect(try BuiltCommand.run("view", "hash", "volume", "--data", data, "--name", "other").code == 1)
    }

    @Test func `a moment stands for what had been appended by then`() throws {
        let folder = TemporaryFolder()
        let (early, late) = try logs(folder)
        let printed = try BuiltCommand.run("cat", "--data", late).lines
        let event = try #require(try JSONSerialization.jsonObject(with: Data(printed[2_999].utf8)) as? [String: Any])
        let observed = try #require(event["observed"] as? String)
        let past = try BuiltCommand.run("view", "hash", "volume", "--data", late, "--at", observed)
        #expect(past.out == (try BuiltCommand.run("view", "hash", "volume", "--data", early).out), "\(past.err)")
        let before = try BuiltCommand.run("view", "show", "volume", "--data", late, "--at", "1990-01-01", "--json")
        #expect(try before.rows().isEmpty, "\(before.err)")
        #expect(before.err.contains("nothing had been appended by then"))
    }

    @Test func `an offset that the log has not reached is an error that says where the log ends`() throws {
        let folder = TemporaryFolder()
        let (early, _) = try logs(folder)
        let result = try BuiltCommand.run("view", "hash", "volume", "--data", early, "--at", "3001")
        #expect(result.code == 1)
        #expect(result.out.isEmpty)
        #expect(result.err.contains("3000"), "\(result.err)")
    }

    @Test func `a proof holds for the same events, and names the first segment that differs for others`() throws {
        let folder = TemporaryFolder()
        let (early, late) = try logs(folder)
        let proof = folder.path("proof.json")
        let proven = try BuiltCommand.run("view", "prove", "rollback_rate", "--data", early, "-o", proof)
        #expect(proven.code == 0, "\(proven.err)")
        let hash = try BuiltCommand.run("view", "hash", "rollback_rate", "--data", early).lines
        #expect(try String(contentsOfFile: proof, encoding: .utf8).contains(hash[0]))
        for data in [early, late] {
            let checked = try BuiltCommand.run("verify", proof, "--data", data)
            #expect(checked.code == 0, "\(checked.err)")
            #expect(checked.out.hasPrefix("yes"))
        }
        let others = try BuiltCommand.run("generate", "--events", "3000", "--seed", "6").out
        try BuiltCommand.run("ingest", "--data", folder.path("other"), input: others)
        let other = try BuiltCommand.run("verify", proof, "--data", folder.path("other"))
        #expect(other.code == 2)
        #expect(other.out.hasPrefix("no: segment 0 ..< 3000"), "\(other.out)")
        try BuiltCommand.run("view", "prove", "rollback_rate", "--data", late, "--output", proof)
        let short = try BuiltCommand.run("verify", proof, "--data", early)
        #expect(short.code == 2, "\(short.err)")
        #expect(short.out.hasPrefix("no: the log ends at"), "\(short.out)")
    }

    @Test func `what only reads changes no byte of the data directory, but for the cache of states`() throws {
        let folder = TemporaryFolder()
        let (data, _) = try logs(folder)
        try BuiltCommand.run("project", "--data", data, "--views", "volume")
        func content() throws -> [String: Data] {
            var files: [String: Data] = [:]
            // SQLite makes an empty -wal and a -shm beside a file while it reads, and may leave them.
            for case let name as String in try #require(FileManager.default.enumerator(atPath: data))
            where !name.hasPrefix("states") && !name.hasSuffix("-wal") && !name.hasSuffix("-shm") {
                files[name] = FileManager.default.contents(atPath: data + "/" + name)
            }
            return files
        }
        let before = try content()
        let proof = folder.path("proof.json")
        for command in [
            ["cat"], ["log", "info"], ["view", "ls"], ["view", "show", "volume"], ["view", "show", "volume", "--at", "100"],
            ["view", "hash", "volume"], ["view", "prove", "volume", "-o", proof], ["verify", proof], ["replay"],
            ["project", "ls"], ["project", "status"],
        ] {
            let result = try BuiltCommand.start(command + ["--data", data]).finish()
            #expect(result.code == 0, "\(command) \(result.err)")
            #expect(try content() == before, "\(command)")
        }
    }

    @Test func `what is no proof is said to be none`() throws {
        let folder = TemporaryFolder()
        let (early, _) = try logs(folder)
        let result = try BuiltCommand.run("verify", try folder.file("x.json", "{}"), "--data", early)
        #expect(result.code == 2)
        #expect(result.err.contains("not a proof"), "\(result.err)")
        #expect(try BuiltCommand.run("verify", folder.path("none.json"), "--data", early).code == 74)
    }
}
