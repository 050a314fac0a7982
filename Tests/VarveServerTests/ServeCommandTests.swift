import Foundation
import Testing
import VarveTestSupport

/// The built command, end to end.
@Suite(.serialized) struct ServeCommandTests {
    @Test func `it says when it is ready, and ends when it is asked to`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(folder.path)
            #expect(server.ready["ready"] as? Bool == true && server.ready["offset"] as? Int == 0)
            #expect(server.ready["pid"] as? Int == Int(server.process.processIdentifier))
            let connection = try RawConnection(port: server.port)
            try connection.request("POST", "/api/v1/events", [:], Array(lines(0..<100).utf8))
            #expect(try connection.reply().int("appended") == 100)
            let start = ContinuousClock().now
            #expect(server.stop() == 0)
            #expect(ContinuousClock().now - start < .seconds(10))
            let again = try RunningServer(folder.path)
            #expect(again.ready["offset"] as? Int == 100)
        }
    }

    @Test func `what keeps it from serving has an exit code of its own`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(folder.path)
            #expect(try RunningServer.run("serve", "--data", folder.path, "--listen", "127.0.0.1:0").code == 75)
            let other = ServedFolder()
            #expect(try RunningServer.run("serve", "--data", other.path, "--listen", "127.0.0.1:\(server.port)").code == 69)
            #expect(try RunningServer.run("serve", "--data", other.path, "--listen", "0.0.0.0:0").code == 78)
            #expect(try RunningServer.run("serve", "--data", other.path, "--listen", "nowhere").code == 78)
            try FileManager.default.createDirectory(atPath: other.path, withIntermediateDirectories: true)
            try "serve:\n  lisen: x\n".write(toFile: other.path + "/varve.yaml", atomically: true, encoding: .utf8)
            #expect(try RunningServer.run("serve", "--data", other.path).code == 78)
        }
    }

    @Test func `the projector is started, and started again when it is killed`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(folder.path, [])
            let connection = try RawConnection(port: server.port)
            func projector() throws -> [String: Any] {
                try connection.request("GET", "/api/v1/status")
                return (try connection.reply().object()["projectors"] as? [[String: Any]])?.first ?? [:]
            }
            func wait(_ what: String, _ condition: () throws -> Bool) throws {
                try blockUntil(condition)
                #expect(try condition(), "\(what)")
            }
            try connection.request("POST", "/api/v1/events", [:], Array(lines(0..<100).utf8))
            _ = try connection.reply()
            try wait("it has folded all") { try projector()["offset"] as? Int == 100 }
            let children = try childProcesses(of: server.process.processIdentifier)
            #expect(children.count == 1)
            for child in children { Glibc.kill(child, SIGKILL) }
            try connection.request("POST", "/api/v1/events", [:], Array(lines(100..<200).utf8))
            #expect(try connection.reply().int("appended") == 100)
            try wait("another one goes on") { try projector()["offset"] as? Int == 200 }
            let later = try childProcesses(of: server.process.processIdentifier)
            // Whatever ends the server ends its projector.
            server.kill()
            try wait("it ends with the server") { later.allSatisfy { Glibc.kill($0, 0) != 0 } }
        }
    }

    private func childProcesses(of parent: Int32) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter { pid in
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let name = stat.lastIndex(of: ")")
            else { return false }
            let fields = stat[name...].split(separator: " ")
            return fields.count > 2 && Int32(fields[2]) == parent && fields[1] != "Z"
        }
    }
}
