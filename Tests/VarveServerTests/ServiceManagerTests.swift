import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// What a service manager sees and gives: notifications, a socket, SIGHUP.
@Suite(.serialized) struct ServiceManagerTests {
    /// A datagram socket as systemd's.
    private final class Notices: @unchecked Sendable {
        let path = FileManager.default.temporaryDirectory.appending(path: "notify-\(UUID().uuidString.prefix(8))").path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        private(set) var all: [String] = []

        init() {
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            var wait = timeval(tv_sec: 0, tv_usec: 100_000)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, socklen_t(MemoryLayout<timeval>.size))
        }

        deinit {
            close(descriptor)
            unlink(path)
        }

        /// Reads until a datagram has `text` in it.
        func wait(for text: String, seconds: Double = 20) -> Bool {
            let end = Date().addingTimeInterval(seconds)
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while Date() < end {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { continue }
                all.append(String(decoding: buffer[..<count], as: UTF8.self))
                if all[all.count - 1].contains(text) { return true }
            }
            return false
        }
    }

    @Test func `it says when it is ready, that it lives, that it reloads, and that it stops`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let notices = Notices()
            try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
            let settings = folder.path + "/varve.yaml"
            try "retain:\n  days: 30\n".write(toFile: settings, atomically: true, encoding: .utf8)
            let server = try RunningServer(
                folder.path, environment: ["NOTIFY_SOCKET": notices.path, "WATCHDOG_USEC": "1000000"])
            #expect(notices.wait(for: "READY=1"))
            #expect(notices.wait(for: "WATCHDOG=1"))
            #expect(notices.wait(for: "STATUS=durable up to offset 0"))
            try "retain:\n  days: 20\n".write(toFile: settings, atomically: true, encoding: .utf8)
            Glibc.kill(server.process.processIdentifier, SIGHUP)
            #expect(notices.wait(for: "RELOADING=1\nMONOTONIC_USEC="))
            #expect(notices.wait(for: "READY=1"))
            func get(_ path: String) throws -> Reply {
                let connection = try RawConnection(port: server.port)
                try connection.request("GET", path)
                return try connection.reply()
            }
            let changed = try get("/api/v1/events?signal=config.changed").text
            #expect(changed.contains("\"key\":\"retain.days\"") && changed.contains("\"value\":\"20\""), "\(changed)")
            let retention = try get("/api/v1/status").object()["retention"] as? [String: Any]
            #expect(retention?["days"] as? Int == 20)
            // A wrong file changes nothing, and says so.
            try "retain:\n  days: soon\n".write(toFile: settings, atomically: true, encoding: .utf8)
            Glibc.kill(server.process.processIdentifier, SIGHUP)
            #expect(notices.wait(for: "RELOADING=1") && notices.wait(for: "READY=1"))
            let status = try get("/api/v1/status").object()
            #expect((status["retention"] as? [String: Any])?["days"] as? Int == 20)
            let refusal = (status["configuration"] as? [String: Any])?["refusal"] as? String
            #expect(refusal?.contains("varve.yaml:2:9") == true, "\(refusal ?? "none")")
            server.process.terminate()
            #expect(notices.wait(for: "STOPPING=1"))
            server.process.waitUntilExit()
            #expect(server.process.terminationStatus == 0, "\(server.said)")
            let order = notices.all.map { $0.split(separator: "=").first.map(String.init) ?? "" }
            #expect(order.firstIndex(of: "READY") ?? 0 < order.lastIndex(of: "STOPPING") ?? 0)
        }
    }

    @Test func `it serves at a socket that was opened for it`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let script = """
                import os, socket, sys
                listener = socket.socket()
                listener.bind(("127.0.0.1", 0))
                listener.listen(16)
                os.dup2(listener.fileno(), 3)
                os.set_inheritable(3, True)
                os.environ["LISTEN_FDS"] = "1"
                os.environ["LISTEN_PID"] = str(os.getpid())
                os.execv(sys.argv[1], sys.argv[1:])
                """
            let server = try RunningServer(folder.path, through: ["/usr/bin/env", "python3", "-c", script])
            #expect(server.port > 0 && server.ready["ready"] as? Bool == true)
            let connection = try RawConnection(port: server.port)
            try connection.request("POST", "/api/v1/events", [:], Array(lines(0..<100).utf8))
            #expect(try connection.reply().int("appended") == 100)
            let start = ContinuousClock().now
            #expect(server.stop() == 0)
            #expect(ContinuousClock().now - start < .seconds(10))
        }
    }

    @Test func `retention and compaction run by themselves`() async throws {
        try await ServerInProcess.with({ $0.maintenanceAfter = 0.2 }) { server in
            _ = try await server.post(lines(0..<100))
            for _ in 0..<100 {
                let status = try await server.get("/api/v1/status").object()
                let maintenance = try #require(status["maintenance"] as? [String: [String: Any]])
                let runs = ["retain", "compact"].map { maintenance[$0]?["runs"] as? Int ?? 0 }
                if runs.allSatisfy({ $0 > 0 }) {
                    for name in ["retain", "compact"] {
                        #expect(maintenance[name]?["error"] is NSNull || maintenance[name]?["error"] == nil, "\(maintenance)")
                        #expect(maintenance[name]?["next"] is String && (maintenance[name]?["done"] as? String ?? "") != "")
                    }
                    return
                }
                try await Task.sleep(for: .milliseconds(100))
            }
            Issue.record("they did not run")
        }
    }
}
