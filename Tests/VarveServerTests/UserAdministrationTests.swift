import Foundation
import Testing
import VarveServer

/// Users over HTTP, by people who may.
struct UserAdministrationTests {
    private static let path = "/api/v1/access/users"

    private func bearer(_ secret: String) -> [String: String] {
        ["Authorization": "Bearer \(secret)", "Content-Type": "application/json"]
    }

    private func with(
        _ scopes: [AccessScope], tenants: TenantChoice = .home, _ body: (ServerInProcess, [String: String]) async throws -> Void
    ) async throws {
        try await ServerInProcess.with { server in
            let made = try TokenStore(at: server.folder).create(name: "t", scopes: scopes, tenants: tenants)
            try await Task.sleep(for: .milliseconds(600))
            try await body(server, bearer(made.secret))
        }
    }

    @Test func `an administrator adds, lists, changes and removes users, and all of it is recorded`() async throws {
        try await with([.admin]) { server, admin in
            let body = Array("{\"name\":\"ada\",\"role\":\"viewer\"}".utf8)
            let added = try await server.call("POST", Self.path, admin, body)
            #expect(added.status == 201 && added.headers["location"] == Self.path + "/ada", "\(added.text)")
            let password = try #require(try added.object()["password"] as? String)
            #expect(password.utf8.count >= 20 && added.headers["cache-control"] == "no-store")
            #expect(try await server.call("POST", Self.path, admin, body).status == 409, "the name is taken")
            let list = try await server.get(Self.path, admin).text
            #expect(list.contains("\"name\":\"ada\"") && !list.contains("password") && !list.contains("argon2"))
            let one = Self.path + "/ada"
            let role = try await server.call("PATCH", one, admin, Array("{\"role\":\"editor\",\"disabled\":true}".utf8))
            #expect(try role.object()["role"] as? String == "editor" && role.object()["disabled"] as? Bool == true)
            let reset = try await server.call("PATCH", one, admin, Array("{\"reset_password\":true}".utf8))
            let fresh = try #require(try reset.object()["password"] as? String)
            #expect(fresh != password)
            #expect(try await server.call("DELETE", one, admin).status == 204)
            #expect(try await server.call("DELETE", one, admin).status == 404)
            #expect(try await server.get(Self.path, admin).text == "[]\n")
            let audit = try await server.get("/api/v1/audit?order=asc", admin).text
            for act in ["user_added", "user_changed", "user_removed"] { #expect(audit.contains("audit.\(act)"), "\(act)") }
            #expect(audit.contains(one) && !audit.contains(password) && !audit.contains(fresh))
        }
    }

    @Test(arguments: [
        ("{\"name\":\"a b\",\"role\":\"viewer\"}", 409), ("{\"name\":\"bob\"}", 400),
        ("{\"name\":\"bob\",\"role\":\"root\"}", 400),
        ("{\"name\":\"bob\",\"role\":\"viewer\",\"password\":\"short\"}", 409), ("[]", 400), ("", 400),
        ("{\"name\":\"bob\",\"role\":\"viewer\",\"tenant\":\"../x\"}", 400),
        ("{\"name\":\"bob\",\"role\":\"viewer\",\"tenant\":\"*\"}", 409),
    ])
    func `what is no user is refused, and nothing is added`(body: String, status: Int) async throws {
        try await with([.admin]) { server, admin in
            let reply = try await server.call("POST", Self.path, admin, Array(body.utf8))
            #expect(reply.status == status, "\(body): \(reply.status) \(reply.text)")
            #expect(try await server.get(Self.path, admin).text == "[]\n")
        }
    }

    @Test func `who may less than administer is refused at each route`() async throws {
        try await with([.read, .write, .alerts]) { server, token in
            let one = Self.path + "/a"
            for (method, path) in [("GET", Self.path), ("POST", Self.path), ("PATCH", one), ("DELETE", one)] {
                let less = try await server.call(method, path, token).status
                let nobody = try await server.call(method, path).status
                #expect(less == 403 && nobody == 401, "\(method) \(path): \(less), \(nobody)")
            }
        }
    }

    @Test func `an administrator of the own log neither sees nor changes users of tenants`() async throws {
        try await with([.admin]) { server, admin in
            try UserStore(at: server.folder).add("joe", role: .viewer, tenants: .these(["a"]), password: "correct horse")
            try await Task.sleep(for: .milliseconds(600))
            #expect(try await server.get(Self.path, admin).text == "[]\n")
            #expect(try await server.call("DELETE", Self.path + "/joe", admin).status == 404)
            let patch = Array("{\"role\":\"admin\"}".utf8)
            #expect(try await server.call("PATCH", Self.path + "/joe", admin, patch).status == 404)
            #expect(try UserStore(at: server.folder).users().map(\.role) == [.viewer])
        }
    }
}
