import Foundation
import Testing
import VarveServer

@Suite(.serialized) struct InterfaceTests {
    private static let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/api.md")

    @Test func `the page of the interface says what the routes are`() throws {
        let page = ServerInterface.markdown
        if ProcessInfo.processInfo.environment["VARVE_WRITE_DOCS"] != nil {
            try page.write(to: Self.path, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.path, encoding: .utf8) == page, "VARVE_WRITE_DOCS=1 writes docs/api.md anew")
    }

    /// A path with something in the place of its parameters.
    static func target(_ path: String) -> String {
        path.replacing("{name}", with: "volume").replacing("{id}", with: "nobody").replacing("{project}", with: "1")
            .replacing("{index}", with: "i").replacing("{service}", with: "s").replacing("{operation}", with: "getMetrics")
            .replacing("{rule}", with: "none")
    }

    @Test func `every route asks for its scope and for no other`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<1))
            let store = TokenStore(at: server.folder)
            var secrets: [String: String] = [:]
            for scope in AccessScope.allCases {
                secrets[scope.rawValue] = try store.create(name: scope.rawValue, scopes: [scope]).secret
            }
            try await Task.sleep(for: .milliseconds(700))
            let described = try await server.get("/openapi.json").object()
            let paths = try #require(described["paths"] as? [String: [String: [String: Any]]])
            #expect(paths.count > 12 && paths["/api/v1/events"]?.count == 2)
            var asked = 0
            for (path, methods) in paths where !path.hasSuffix("stream") {
                for (method, operation) in methods {
                    let target = Self.target(path)
                    let wanted = operation["x-scope"] as? String
                    let anonymous = try await server.call(method.uppercased(), target)
                    #expect((anonymous.status == 401) == (wanted != nil), "\(method) \(path): \(anonymous.status)")
                    for (scope, secret) in secrets where wanted != nil {
                        let reply = try await server.call(method.uppercased(), target, ["Authorization": "Bearer \(secret)"])
                        // What is for the control socket alone is forbidden to all others.
                        let may = (scope == wanted || scope == "admin") && !(path == "/api/v1/audit" && method == "post")
                        #expect((reply.status == 403) == !may, "\(scope): \(method) \(path): \(reply.status)")
                        asked += 1
                    }
                }
            }
            #expect(asked > 30)
        }
    }
}
