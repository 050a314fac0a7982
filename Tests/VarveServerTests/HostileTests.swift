import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Requests that no honest client sends: each has its answer, and the server goes on.
@Suite(.serialized) struct HostileTests {
    private static var small: ServerLimits {
        var limits = ServerLimits()
        limits.idleSeconds = 1
        return limits
    }

    @Test(arguments: [
        ("/api/v1/../../etc/passwd", 404), ("/api/v1/%2e%2e/%2e%2e/etc/passwd", 404), ("//etc/passwd", 404),
        ("/api/v1/views/%ff%fe", 400), ("/api/v1/views/..%2f..%2fetc%2fpasswd", 404), ("/api/v1/views?name=%ff", 400),
        ("/api/v1/events?limit=99999999999999999999", 400), ("/api/v1/events?cursor=-1", 400),
        ("/api/v1/events?where=%00", 400), ("/api/v1/nothing", 404), ("/api/v1/views/volume?bucket=year", 400),
        ("/api/v1/views/volume?form=json", 400), ("/api/v1/query?p95=", 400), ("/api/v1/query?sum=%F0%28%8C%28", 400),
        ("/api/v1/stream?since=x", 400), ("/api/v1/stream?topics=all", 400),
        ("/api/v1/views/volume?at=99999999999999999999", 400), ("/api/v1/views/volume?from=2026-13-45", 400),
        ("/api/v1/query?bucket=hour&bucket=day", 400), ("/api/v1/events?from=2026-01-01&from=2026-01-02", 400),
    ])
    func `a target that means nothing is refused`(target: String, status: Int) async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<1))
            let reply = try await server.get(target)
            #expect(reply.status == status, "\(target): \(reply.status) \(reply.text)")
            #expect(reply.headers["content-type"] == "application/problem+json")
            #expect(try reply.object()["code"] is String && !reply.text.contains(server.folder), "\(reply.text)")
        }
    }

    @Test(
        arguments: [
            ("DELETE", "/api/v1/events", 405, "GET, HEAD, POST"), ("OPTIONS", "/api/v1/events", 204, "GET, HEAD, POST"),
            ("POST", "/livez", 405, "GET, HEAD"), ("PATCH", "/api/v1/views/volume", 405, "DELETE, GET, HEAD, PUT"),
            ("GET", "/metrics/job/a/b/c", 405, "DELETE, POST, PUT"), ("OPTIONS", "/api/v1/nothing", 404, nil),
            ("DELETE", "/metrics/job", 404, nil),
        ] as [(String, String, Int, String?)])
    func `a method that a path does not take is refused with those that it takes`(
        method: String, path: String, status: Int, allow: String?
    ) async throws {
        try await ServerInProcess.with { server in
            let reply = try await server.call(method, path)
            #expect(reply.status == status && reply.headers["allow"] == allow, "\(reply.status) \(reply.headers)")
            if status == 405 { #expect(try reply.object()["code"] as? String == "method_not_allowed") }
        }
    }

    @Test func `floods of headers and long targets are cut off`() async throws {
        try await ServerInProcess.with { server in
            let many = (0..<10_000).map { "X-\($0): v\r\n" }.joined()
            let floods = [
                "GET /livez HTTP/1.1\r\nHost: localhost\r\n\(many)\r\n",
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 1 << 20))\r\n\r\n",
                "GET /\(String(repeating: "a", count: 1 << 20)) HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
                "GET /livez HTTP/1.1\r\nHost: localhost\r\nX: a\u{0}b\r\n\r\n", "\u{16}\u{3}\u{1}nonsense\r\n\r\n",
            ]
            for flood in floods {
                let status = try await onThread { () -> Int in
                    let connection = try RawConnection(port: server.port, timeoutSeconds: 20)
                    do {
                        try connection.send(flood)
                        return try connection.reply().status
                    } catch {
                        return 0
                    }
                }
                #expect(status == 0 || (400..<500).contains(status), "\(status) for \(flood.prefix(80))")
            }
            #expect(try await server.get("/livez").status == 200)
        }
    }

    @Test func `slow clients are cut off, and others are served`() async throws {
        try await ServerInProcess.with(limits: Self.small) { server in
            let slow = try await onThread { () -> [RawConnection] in
                try (0..<50).map { number in
                    let connection = try RawConnection(port: server.port, timeoutSeconds: 20)
                    try connection.send(
                        number % 2 == 0
                            ? "GET /livez HT"
                            : "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
                    return connection
                }
            }
            #expect(try await server.post(lines(0..<10)).int("appended") == 10)
            let areClosed = try await onThread { slow.allSatisfy { $0.isClosed } }
            #expect(areClosed)
            #expect(try await server.get("/api/v1/status").int("bytes_in_flight") == 0)
        }
    }

    @Test func `a bomb is refused, and memory stays`() async throws {
        try await ServerInProcess.with { server in
            let bomb = try await onThread { pack([UInt8](repeating: 0x20, count: 400 << 20), isGzip: true) }
            let before = try await server.get("/api/v1/status").int("memory_bytes")
            let reply = try await server.call("POST", "/api/v1/events", ["Content-Encoding": "gzip"], bomb)
            #expect(reply.status == 413, "\(reply.text)")
            let after = try await server.get("/api/v1/status").int("memory_bytes")
            // What other tests of the same process hold stays well below half of what the bomb holds.
            #expect(after - before < 200 << 20, "\(before) → \(after)")
        }
    }

    @Test(arguments: [
        ("/v1/logs", false), ("/loki/api/v1/push", false), ("/metrics/job/a", false), ("/api/v1/write", true),
        ("/loki/api/v1/push", true),
    ])
    func `a body takes the room that it needs once it is unpacked`(path: String, isSnappy: Bool) async throws {
        var limits = ServerLimits()
        limits.bytesInFlight = 8 << 20
        try await ServerInProcess.with(limits: limits) { server in
            var headers = ["Content-Type": "application/json", "Content-Encoding": "gzip"]
            var body = try await onThread { pack([UInt8](repeating: 0x20, count: 16 << 20), isGzip: true) }
            if isSnappy {
                headers = ["Content-Type": "application/x-protobuf"]
                // 16 MiB, it says.
                body = [0x80, 0x80, 0x80, 0x08, 0]
            }
            let reply = try await server.call("POST", path, headers, body)
            #expect(reply.status == 503, "\(path): \(reply.status) \(reply.text)")
            #expect(try await server.get("/api/v1/status").int("bytes_in_flight") == 0)
        }
    }

    @Test func `bodies beyond what may be in flight are told to come again`() async throws {
        var limits = ServerLimits()
        limits.bytesInFlight = 8 << 20
        try await ServerInProcess.with(limits: limits) { server in
            let held = try await onThread { () -> [RawConnection] in
                try (0..<3).map { _ in
                    let connection = try RawConnection(port: server.port, timeoutSeconds: 20)
                    try connection.send(
                        "POST /api/v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n{")
                    return connection
                }
            }
            try await Task.sleep(for: .milliseconds(200))
            let reply = try await server.post(lines(0..<1))
            #expect(reply.status == 503 && reply.headers["retry-after"] == "1", "\(reply.text)")
            withExtendedLifetime(held) {}
        }
    }

    @Test func `a page of another site cannot use a browser of this machine`() async throws {
        try await ServerInProcess.with { server in
            #expect(try await server.get("/api/v1/status", ["Host": "evil.example"]).status == 421)
            #expect(try await server.get("/api/v1/status", ["Host": "127.0.0.1:\(server.port)"]).status == 200)
            #expect(try await server.post(lines(0..<1), ["Origin": "https://evil.example"]).status == 403)
            #expect(try await server.post(lines(0..<1), ["Sec-Fetch-Site": "cross-site"]).status == 403)
            let reply = try await server.post(lines(0..<1), ["Origin": "http://localhost:\(server.port)"])
            #expect(reply.status == 200 && reply.headers["access-control-allow-origin"] == nil)
        }
    }
}
