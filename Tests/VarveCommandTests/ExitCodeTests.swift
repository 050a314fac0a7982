import Foundation
import Testing

struct ExitCodeTests {
    @Test(arguments: [
        ["--no-such-option"], ["no-such-command"], ["ingest"], ["ingest", "x", "--data", "y", "--format", "xml"],
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
