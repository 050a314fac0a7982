import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// One log for each tenant: who has a role in one sees nothing of another.
@Suite(.serialized) struct TenantTests {
    private typealias Secrets = (a: String, b: String, both: String, any: String, home: String)

    private func bearer(_ secret: String, _ tenant: String? = nil) -> [String: String] {
        ["Authorization": "Bearer \(secret)"].merging(tenant.map { ["X-Varve-Tenant": $0] } ?? [:]) { $1 }
    }

    /// Events with the mark of their tenant in everything that they tell. Whose they are has a mark of its own: a curious tenant
    /// asks for it, and an answer may say what was asked.
    private func marked(_ mark: String, _ numbers: Range<Int>) -> String {
        let signals = [
            "canary.\(mark)", "http.request", "chat.message", "log.entry", "js.error", "retry.attempt", "test.sent",
        ]
        return numbers.map { number in
            let signal = signals[number % signals.count]
            return "{\"time\":\"\(Date().ISO8601Format())\",\"signal\":\"\(signal)\",\"component\":\"canary-\(mark)\","
                + "\"user_id\":\"who-\(mark)\",\"session_id\":\"who-\(mark)\",\"data\":{\"message_text\":\"canary-\(mark)\","
                + "\"level\":\"error\",\"n\":\(number),\"duration_ms\":5,\"name\":\"canary-\(mark)\"}}\n"
        }.joined()
    }

    private func with(_ body: (ServerInProcess, Secrets) async throws -> Void) async throws {
        try await ServerInProcess.with { server in
            let store = TokenStore(at: server.folder)
            try TenantFolders.make(["a", "b"], at: server.folder)
            func secret(_ name: String, _ choice: TenantChoice) throws -> String {
                try store.create(name: name, scopes: [.admin], tenants: choice).secret
            }
            let secrets: Secrets = (
                try secret("a", .these(["a"])), try secret("b", .these(["b"])), try secret("both", .these(["b", "a"])),
                try secret("any", .any), try secret("home", .home)
            )
            try await Task.sleep(for: .milliseconds(600))
            for (mark, secret) in [("a", secrets.a), ("b", secrets.b), ("home", secrets.home)] {
                #expect(try await server.post(marked(mark, 0..<21), bearer(secret)).int("appended") == 21)
            }
            try await body(server, secrets)
        }
    }

    @Test func `no route tells one tenant of another`() async throws {
        try await with { server, secrets in
            let described = try await server.get("/openapi.json").object()
            let paths = try #require(described["paths"] as? [String: [String: [String: Any]]])
            var (asked, seen, refused) = (0, 0, 0)
            for (path, methods) in paths where !path.hasSuffix("stream") {
                for (method, operation) in methods where operation["x-scope"] is String {
                    for target in targets(path) {
                        var headers = bearer(secrets.a)
                        if method == "get" { headers["Accept"] = "text/html,application/json" }
                        let reply = try await server.call(method.uppercased(), target, headers)
                        let text = reply.text
                        #expect(
                            !text.contains("canary-b") && !text.contains("canary.b") && !text.contains("canary-home")
                                && !text.contains("canary.home"), "\(method) \(target): \(text.prefix(2_000))")
                        asked += 1
                        if text.contains("canary-a") || text.contains("canary.a") { seen += 1 }
                        if operation["x-tenants"] as? Bool != true {
                            #expect(reply.status == 404, "\(method) \(path): \(reply.status)")
                            refused += 1
                        }
                    }
                }
            }
            // The walk would find them: the same routes show a tenant its own.
            #expect(asked > 100 && seen > 15 && refused > 10, "\(asked) \(seen) \(refused)")
        }
    }

    /// What a curious tenant would ask at a path.
    private func targets(_ path: String) -> [String] {
        guard path.contains("{") else { return [path, path + "?from=2020-01-01&to=2100-01-01"] }
        return ["who-b", "who-a", "volume", "http_requests", "getMetrics"].map { value in
            path.replacing(/\{[a-z]+\}/, with: value)
        }
    }

    @Test func `a live stream carries a tenant's own events and no others`() async throws {
        try await with { server, secrets in
            let (a, b, home) = (bearer(secrets.a), bearer(secrets.b), bearer(secrets.home))
            let (more, foreign, own) = (marked("b", 21..<42), marked("home", 21..<42), marked("a-late", 21..<42))
            for path in ["/api/v1/stream?since=0&topics=events,alerts", "/debug/message-stream?since=0"] {
                let connection = try await onThread {
                    let connection = try RawConnection(port: server.port, timeoutSeconds: 20)
                    try connection.request("GET", path, a)
                    #expect(try connection.head().status == 200)
                    return connection
                }
                _ = try await server.post(more, b)
                _ = try await server.post(foreign, home)
                _ = try await server.post(own, a)
                try await onThread {
                    var text = ""
                    while !text.contains("canary-a-late") {
                        text += String(decoding: try connection.chunk(), as: UTF8.self)
                    }
                    #expect(!text.contains("canary-b") && !text.contains("canary-home"), "\(text)")
                }
            }
            try await onThread {
                let more = "Authorization: Bearer \(secrets.a)\r\n"
                let client = try WebSocketClient(server.port, "/api/monitoring/stream", more)
                try client.send("{\"type\":\"subscribe\",\"channels\":[\"messages\",\"errors\",\"alerts\"]}")
                _ = try client.wait("subscribed")
                for (mark, headers) in [("b", b), ("home", home), ("a", a)] {
                    let connection = try RawConnection(port: server.port)
                    try connection.request("POST", "/api/v1/events", headers, Array(self.marked(mark, 42..<63).utf8))
                    #expect(try connection.reply().status == 200)
                }
                let first = try client.wait("message:new")
                #expect("\(first)".contains("canary-a") && !"\(first)".contains("canary-b"), "\(first)")
            }
        }
    }

    @Test func `a tenant is chosen by the token, or by a header where the token may choose`() async throws {
        try await with { server, secrets in
            func mark(_ secret: String, _ tenant: String? = nil) async throws -> String {
                let reply = try await server.get("/api/v1/events?limit=1", bearer(secret, tenant))
                guard reply.status == 200 else { return "\(reply.status) \(reply.text)" }
                return reply.text.firstMatch(of: /canary[-.](a|b|home)/).map { String($0.1) } ?? "nothing"
            }
            for (secret, tenant, expected) in [
                (secrets.a, nil, "a"), (secrets.b, nil, "b"), (secrets.home, nil, "home"), (secrets.both, nil, "b"),
                (secrets.both, "a", "a"), (secrets.any, nil, "home"), (secrets.any, "b", "b"),
            ] as [(String, String?, String)] {
                #expect(try await mark(secret, tenant) == expected)
            }
            // One that may not be seen looks as one that is not there.
            let (hidden, absent) = (try await mark(secrets.a, "b"), try await mark(secrets.a, "nobody"))
            #expect(hidden == absent && hidden.hasPrefix("404 "), "\(hidden) \(absent)")
            #expect(try await mark(secrets.any, "nobody").hasPrefix("404 "))
            for name in ["../b", "..", "a/../b", "A", "", "a\u{0}", String(repeating: "a", count: 65)] where !name.isEmpty {
                let reply = try await mark(secrets.any, name)
                #expect(reply.hasPrefix("404 ") || reply.hasPrefix("400 "), "\(name): \(reply)")
            }
        }
    }

    @Test func `views and idempotency keys are a tenant's own`() async throws {
        try await with { server, secrets in
            let view = Array("name: seen\nversion: 1\nsignals: [http.request]\nmeasures:\n  events: count\n".utf8)
            let made = try await server.call("PUT", "/api/v1/views/seen", bearer(secrets.a), view)
            #expect(made.status == 201, "\(made.text)")
            #expect(try await server.get("/api/v1/views/seen", bearer(secrets.a)).status == 200)
            #expect(try await server.get("/api/v1/views/seen", bearer(secrets.b)).status == 404)
            #expect(try await server.get("/api/v1/views/seen", bearer(secrets.home)).status == 404)
            for secret in [secrets.a, secrets.b] {
                let key = ["Idempotency-Key": "one"]
                #expect(try await server.post(lines(0..<5), bearer(secret).merging(key) { $1 }).int("appended") == 5)
                #expect(try await server.post(lines(0..<5), bearer(secret).merging(key) { $1 }).int("duplicate") == 5)
            }
            // Each lies in its own directory, and is there after a restart.
            for name in ["a", "b"] {
                #expect(FileManager.default.fileExists(atPath: server.folder + "/tenants/\(name)/log"))
            }
        }
    }

    @Test func `a user of a tenant sees that tenant`() async throws {
        try await with { server, _ in
            try UserStore(at: server.folder).add("joe", role: .viewer, tenants: .these(["a"]), password: "correct horse")
            try await Task.sleep(for: .milliseconds(600))
            let form = try await server.get("/login")
            let visit = try #require(form.cookies.first?.prefix { $0 != ";" })
            let token = try #require(form.text.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/)?.1)
            let headers = ["Cookie": String(visit), "Content-Type": "application/x-www-form-urlencoded"]
            let body = "name=joe&password=correct+horse&csrf=\(token)&next=/"
            let reply = try await server.call("POST", "/login", headers, Array(body.utf8))
            let session = try #require(reply.cookies.first { $0.hasPrefix("varve_session=") }?.prefix { $0 != ";" })
            let events = try await server.get("/api/v1/events", ["Cookie": String(session)])
            #expect(events.status == 200 && events.text.contains("canary-a") && !events.text.contains("canary-b"))
            #expect(try await server.get("/api/v1/audit", ["Cookie": String(session)]).status == 404)
        }
    }
}
