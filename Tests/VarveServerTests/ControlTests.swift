import Foundation
import Testing
import VarveTestSupport

/// Commands that work beside a server, by its control socket.
@Suite(.serialized) struct ControlTests {
    @Test func `commands that write go through the server that holds the directory`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(folder.path)
            let socket = folder.path + "/control.sock"
            blockUntil { FileManager.default.fileExists(atPath: socket) }
            var mode: Int?
            try blockUntil {
                mode = try FileManager.default.attributesOfItem(atPath: socket)[.posixPermissions] as? Int
                return mode == 0o600
            }
            #expect(mode == 0o600)
            let file = folder.path + "/more.ndjson"
            try (lines(0..<1_000) + "none\n").write(toFile: file, atomically: true, encoding: .utf8)
            let ingest = try RunningServer.run("ingest", file, "--data", folder.path, "--json")
            let receipt = try object(ingest.out)
            #expect(ingest.code == 0 && receipt["appended"] as? Int == 1_000 && receipt["rejected"] as? Int == 1)
            #expect(try RunningServer.run("ingest", file, "--data", folder.path, "--producer", "p").code == 75)
            #expect(try RunningServer.run("ingest", file, "--data", folder.path, "--max-rejected", "0").code == 65)
            let emit = try RunningServer.run(
                "emit", "deploy.finished", "version=1.4.2", "build=17", "component=shop", "--data", folder.path)
            #expect(emit.code == 0 && emit.out == "offset 2000\n", "\(emit.out)")
            // Who has the directory may do all, whatever tokens there are.
            #expect(try RunningServer.run("token", "create", "--name", "a", "--scope", "read", "--data", folder.path).code == 0)
            usleep(700_000)
            let url = "http://127.0.0.1:\(server.port)"
            #expect(try RunningServer.run("emit", "a.b", "--server", url).code == 1)
            #expect(try RunningServer.run("emit", "a.b", "--data", folder.path).code == 0)
            #expect(try RunningServer.run("emit", "a.b", "--server", "http://127.0.0.1:1").code == 69)
            #expect(server.stop() == 0)
            #expect(!FileManager.default.fileExists(atPath: socket))
            // Without a server the command opens the log itself.
            #expect(try RunningServer.run("emit", "a.b", "n:=007", "--data", folder.path).out == "offset 2002\n")
            let last = try RunningServer.run("cat", "--data", folder.path, "--signal", "deploy.finished").out
            #expect(last.contains("\"version\":\"1.4.2\"") && last.contains("\"build\":17"), "\(last)")
            #expect(last.contains("\"component\":\"shop\""), "\(last)")
        }
    }

    @Test func `what a killed server left of its socket is no obstacle`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let first = try RunningServer(folder.path)
            let socket = folder.path + "/control.sock"
            blockUntil { FileManager.default.fileExists(atPath: socket) }
            first.kill()
            #expect(FileManager.default.fileExists(atPath: socket))
            #expect(try RunningServer.run("emit", "a.b", "--data", folder.path).out == "offset 0\n")
            let second = try RunningServer(folder.path)
            try blockUntil { try RunningServer.run("emit", "a.b", "--data", folder.path).code == 0 }
            #expect(second.stop() == 0)
        }
    }

    private func object(_ text: String) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
    }
}
