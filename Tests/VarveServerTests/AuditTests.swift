import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// What is done to a server is recorded, by whom, and where from.
@Suite(.serialized) struct AuditTests {
    private static let view = """
        name: seen
        version: 1
        signals: [test.sent]
        measures:
          sent: count

        """

    private func audit(_ server: ServerInProcess, _ headers: [String: String]) async throws -> [[String: Any]] {
        // Pages and exports become durable a little later.
        try await Task.sleep(for: .milliseconds(800))
        let reply = try await server.get("/api/v1/audit?order=asc&limit=1000", headers)
        #expect(reply.status == 200)
        return try reply.body.split(separator: 0x0A).map {
            try #require(try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any])
        }
    }

    @Test func `every administrative act is one event`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<1))
            let made = try TokenStore(at: server.folder).create(name: "admin", scopes: [.admin])
            let reader = try TokenStore(at: server.folder).create(name: "reader", scopes: [.read])
            try await Task.sleep(for: .milliseconds(600))
            let admin = ["Authorization": "Bearer \(made.secret)"]
            #expect(try await server.call("PUT", "/api/v1/views/seen", admin, Array(Self.view.utf8)).status == 201)
            #expect(try await server.call("DELETE", "/api/v1/views/seen", admin).status == 204)
            // What is refused was not done.
            #expect(try await server.call("DELETE", "/api/v1/views/seen", admin).status == 404)
            let forbidden = try await server.call(
                "DELETE", "/api/v1/views/seen", ["Authorization": "Bearer \(reader.secret)"])
            #expect(forbidden.status == 403)
            #expect(try await server.get("/api/v1/export", admin).status == 200)
            let page = ["Authorization": "Bearer \(reader.secret)", "Accept": "text/html"]
            #expect(try await server.get("/monitoring", page).status == 200)
            #expect(try await server.get("/", page).status == 200)
            // A question is no act.
            #expect(try await server.get("/api/v1/status", admin).status == 200)
            let found = try await audit(server, admin).map { event -> [String] in
                let data = try #require(event["data"] as? [String: Any])
                #expect(data["address"] as? String == "127.0.0.1" && data["via"] as? String == "token")
                return [event["signal"], event["user_id"], data["target"]].map { $0 as? String ?? "?" }
            }
            let id = made.token.id
            #expect(
                found == [
                    ["audit.view_changed", id, "PUT /api/v1/views/seen"],
                    ["audit.view_removed", id, "DELETE /api/v1/views/seen"], ["audit.export", id, "GET /api/v1/export"],
                    ["audit.view", reader.token.id, "GET /monitoring"], ["audit.view", reader.token.id, "GET /"],
                ], "\(found)")
            // Only an admin may know, and nobody writes in it over the network.
            #expect(try await server.get("/api/v1/audit", ["Authorization": "Bearer \(reader.secret)"]).status == 403)
            let forged = Array("{\"act\":\"audit.login\",\"by\":\"eve\"}".utf8)
            #expect(try await server.call("POST", "/api/v1/audit", admin, forged).status == 403)
        }
    }

    @Test func `every route that changes something for others is recorded`() async throws {
        try await ServerInProcess.with { server in
            let described = try await server.get("/openapi.json").object()
            let paths = try #require(described["paths"] as? [String: [String: [String: Any]]])
            var count = 0
            for (path, methods) in paths {
                for (method, operation) in methods where method != "get" && path != "/api/v1/audit" {
                    guard let scope = operation["x-scope"] as? String, scope == "admin" || scope == "alerts" else { continue }
                    #expect(operation["x-audit"] is String, "\(method) \(path)")
                    count += 1
                }
            }
            #expect(count >= 7)
        }
    }

    @Test func `log-ins that succeed and that fail are recorded, without what was typed`() async throws {
        try await ServerInProcess.with { server in
            try UserStore(at: server.folder).add("ada", role: .admin, password: "correct horse")
            let admin = try TokenStore(at: server.folder).create(name: "a", scopes: [.admin])
            try await Task.sleep(for: .milliseconds(600))
            for (name, password) in [("ada", "wrong wrong"), ("my-secret-password", "x"), ("ada", "correct horse")] {
                let form = try await server.get("/login")
                let visit = try #require(form.cookies.first?.prefix { $0 != ";" })
                let token = try #require(form.text.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/)?.1)
                let body = "name=\(name)&password=\(password.replacing(" ", with: "+"))&csrf=\(token)&next=/"
                let headers = ["Cookie": String(visit), "Content-Type": "application/x-www-form-urlencoded"]
                let status = try await server.call("POST", "/login", headers, Array(body.utf8)).status
                #expect(status == (password == "correct horse" ? 303 : 401))
            }
            let events = try await audit(server, ["Authorization": "Bearer \(admin.secret)"])
            let found = events.map { [$0["signal"], $0["user_id"]].map { $0 as? String ?? "?" } }
            #expect(
                found == [["audit.login_refused", "ada"], ["audit.login_refused", "unknown"], ["audit.login", "ada"]], "\(found)")
            #expect(!"\(events)".contains("my-secret-password"))
        }
    }

    @Test func `commands record what they do, beside a server and without one`() async throws {
        try await onThread {
            let folder = ServedFolder()
            #expect(try RunningServer.run("user", "add", "ada", "--role", "admin", "--data", folder.path).code == 0)
            let first = try RunningServer.run(
                "token", "create", "--name", "t", "--scope", "read", "--data", folder.path, "--json")
            let made = try JSONSerialization.jsonObject(with: Data(first.out.utf8)) as? [String: Any]
            let id = try #require(made?["id"] as? String)
            let server = try RunningServer(folder.path)
            let socket = folder.path + "/control.sock"
            blockUntil { FileManager.default.fileExists(atPath: socket) }
            #expect(try RunningServer.run("token", "revoke", id, "--data", folder.path).code == 0)
            #expect(try RunningServer.run("token", "revoke", id, "--data", folder.path).code == 1)
            #expect(try RunningServer.run("user", "disable", "ada", "--data", folder.path).code == 0)
            #expect(try RunningServer.run("user", "add", "ada", "--role", "viewer", "--data", folder.path).code == 1)
            #expect(server.stop() == 0)
            #expect(try RunningServer.run("user", "remove", "ada", "--data", folder.path).code == 0)
            let text = try RunningServer.run("cat", "--data", folder.path + "/system").out
            let signals = try text.split(separator: "\n").map { line -> String in
                let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                let data = event?["data"] as? [String: Any]
                #expect(data?["via"] as? String == "command")
                return "\(event?["signal"] as? String ?? "") \(data?["target"] as? String ?? "")"
            }
            #expect(
                signals == [
                    "audit.user_added ada", "audit.token_created \(id)", "audit.token_revoked \(id)",
                    "audit.user_changed ada", "audit.user_removed ada",
                ], "\(signals)")
        }
    }
}
