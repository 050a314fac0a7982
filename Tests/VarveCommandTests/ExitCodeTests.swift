import Foundation
import Testing

struct ExitCodeTests {
    @Test(arguments: [
        ["--no-such-option"], ["no-such-command"], ["help", "no-such-command"], ["log", "no-such-command"],
        ["ingest"], ["ingest", "x", "--data", "y", "--format", "xml"],
        ["ingest", "x.csv", "--data", "y", "--format", "csv"], ["generate"], ["generate", "--events", "0"], ["cat"],
        ["generate", "--events", "1", "--end", "yesterday"],
    ])
    func `wrong usage ends with 64 and says so on standard error`(arguments: [String]) throws {
        let result = try BuiltCommand.start(arguments).finish()
        #expect(result.code == 64)
        #expect(result.out.isEmpty)
        #expect(!result.err.isEmpty)
    }

    @Test(arguments: [["cat"], ["log", "info"]])
    func `a log that is not there ends with 74`(command: [String]) throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.start(command + ["--data", folder.path("none")]).finish()
        #expect(result.code == 74)
        #expect(result.err.hasPrefix("error: "), "\(result.err)")
        #expect(result.err.contains("next:"))
        #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
    }

    @Test(arguments: [["--version"], ["--help"], ["ingest", "--help"], ["--generate-completion-script", "bash"]])
    func `what asks for information ends with 0`(arguments: [String]) throws {
        let result = try BuiltCommand.start(arguments).finish()
        #expect(result.code == 0)
        #expect(!result.out.isEmpty)
    }

    @Test func `a file that is not there ends with 74 and names it`() throws {
        let folder = TemporaryFolder()
        let result = try BuiltCommand.run("ingest", folder.path("none.ndjson"), "--data", folder.path("data"))
        #expect(result.code == 74)
        #expect(result.err.contains("none.ndjson"))
    }

    @Test func `beside a server the options that do not work there are named, and who maintains the views`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let server = try BuiltCommand.start(["serve", "--data", data, "--listen", "127.0.0.1:0"])
        defer { server.process.terminate() }
        let socket = data + "/control.sock"
        let isReady = server.wait { $0.out.contains("\"ready\":true") && FileManager.default.fileExists(atPath: socket) }
        #expect(isReady, "\(server.err)")
        let file = try folder.file("e.ndjson", "{}\n")
        let ingest = try BuiltCommand.run("ingest", file, "--data", data, "--producer", "p", "--zone", "UTC")
        #expect(ingest.code == 75 && ingest.err.contains("does not support --producer, --zone"), "\(ingest.err)")
        // The server's projector begins a moment later.
        let isTold = server.wait { _ in
            (try? BuiltCommand.run("project", "--data", data))?.err.contains("next:  varve serve maintains") == true
        }
        #expect(isTold)
    }

    /// What is typed, with DATA for a log of one event that has no views yet, and what the answer must name.
    @Test(arguments: [
        (["igest", "x"], 64, "did you mean varve ingest?"),
        (["help", "log", "compct"], 64, "did you mean varve log compact?"),
        (["view", "shwo", "volume"], 64, "did you mean varve view show?"),
        (["view", "show", "rolback_rate", "--data", "DATA"], 64, "rollback_rate"),
        (["view", "show", "error_rate", "--data", "DATA"], 64, "similar ones are: rollback_rate, error_recovery, errors; custom"),
        (["view", "show", "volume", "--data", "DATA"], 1, "varve project --data"),
        (["view", "show", "volume", "--data", "DATA", "--name", "night"], 1, "--name night"),
        (["view", "show", "volume", "--data", "DATA/none"], 74, "holds no log"),
        (["view", "show", "volume", "--data", "DATA", "--from", "2026-01-02", "--to", "2026-01-01"], 64, "--from must be before"),
        (["view", "hash", "volume", "--data", "DATA", "--at", "2"], 1, "ends at 1"),
        (["view", "prove", "volume", "--data", "DATA", "-o", "DATA/none/p.json"], 74, "folder"),
        (["project", "--data", "DATA", "--views", "volume,"], 64, "empty name"),
        (["project", "--data", "DATA", "--views-dir", "DATA/none"], 74, "--views-dir"),
        (["project", "forget", "main", "--data", "DATA"], 1, "none is registered"),
        (["ingest", "--data", "DATA/lock"], 74, "is a file"),
        (["overview", "--data", "DATA/lock"], 74, "is not a folder"),
        (["ingest", "--data", "DATA", "--format", "csv", "--map", "DATA/none.yaml"], 78, "no such file"),
    ])
    func `what is wrong is called by its name`(arguments: [String], code: Int32, says: String) throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: #"{"time":1769817600000,"signal":"a.b"}"# + "\n")
        let result = try BuiltCommand.start(arguments.map { $0.replacing("DATA", with: data) }).finish()
        #expect(result.code == code, "\(result.err)")
        #expect(result.err.contains(says), "\(result.err)")
    }

    @Test func `a damaged log is printed but for the damage, and the code is 2`() throws {
        let folder = TemporaryFolder()
        for run in 0..<3 {
            let traffic = try BuiltCommand.run("generate", "--events", "100", "--seed", "\(run)").out
            try BuiltCommand.run("ingest", "--data", folder.path("data"), input: traffic)
        }
        let log = folder.url.appending(path: "data/log")
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: log.path(percentEncoded: false)).first { $0.hasSuffix(".seg") })
        var bytes = try Data(contentsOf: log.appending(path: name))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: log.appending(path: name))
        let result = try BuiltCommand.run("cat", "--data", folder.path("data"))
        #expect(result.code == 2)
        #expect(result.lines.count == 200)
        #expect(result.err.contains(name), "\(result.err)")
        #expect(try Data(contentsOf: log.appending(path: name)) == bytes)
    }
}
