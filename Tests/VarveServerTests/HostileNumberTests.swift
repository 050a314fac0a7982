import Testing
import VarveServer
import VarveTestSupport

/// Numbers and moments that no sum holds: each has its answer, and the process goes on.
@Suite(.serialized) struct HostileNumberTests {
    @Test(arguments: ["/v1/logs", "/loki/api/v1/push", "/api/v1/write", "/_bulk", "/metrics/job/a", "/api/v1/events"])
    func `a body said to have as many bytes as there are numbers is refused`(path: String) async throws {
        try await ServerInProcess.with { server in
            for length in ["9223372036854775807", "2305843009213693952"] {
                let head =
                    "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                    + "Content-Length: \(length)\r\n\r\n{"
                _ = try await onThread { () -> Bool in
                    let connection = try RawConnection(port: server.port, timeoutSeconds: 2)
                    try connection.send(head)
                    return (try? connection.head()) != nil
                }
            }
            #expect(try await server.get("/livez").status == 200)
        }
    }

    @Test(arguments: [
        "/api/analytics/overview?to=-9223372036854", "/api/analytics/users?from=-9223372036854&to=9223372036854",
        "/api/analytics/timeline?granularity=weekly&from=1970-01-02&to=2262-04-11",
        "/chart.svg?view=volume&from=-9223372036854&to=9223372036854", "/chart.svg?view=volume&to=-9223372036854",
        "/chart.svg?view=volume&from=-9223372036854",
        "/api/v1/views/volume/diff?from=1700-01-01..2250-01-01&against=2026-01-01..2026-01-02",
    ])
    func `a range as long as time itself is answered or refused`(target: String) async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<3))
            let reply = try await server.get(target)
            #expect((200..<500).contains(reply.status), "\(target): \(reply.status) \(reply.text)")
            #expect(try await server.get("/livez").status == 200)
        }
    }
}
