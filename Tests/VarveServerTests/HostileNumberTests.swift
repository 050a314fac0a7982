import Testing
import VarveServer

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
}
