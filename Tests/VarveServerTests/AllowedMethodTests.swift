import Testing
import VarveServer

/// What a path has, where several routes match it.
struct AllowedMethodTests {
    @Test(arguments: [
        ("/alerts/silences", "POST"), ("/alerts/x-1", "GET, HEAD"), ("/api/v1/access/users", "GET, HEAD, POST"),
        ("/api/v1/access/users/ada", "DELETE, PATCH"),
    ])
    func `Allow has what the path answers, and nothing that stands at another one`(path: String, methods: String) async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<1))
            let reply = try await server.call("PUT", path)
            #expect(reply.status == 405 && reply.headers["allow"] == methods, "\(path): \(reply.status) \(reply.headers)")
        }
    }
}
