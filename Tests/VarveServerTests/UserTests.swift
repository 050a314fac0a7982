import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// People who log in: roles, sessions, forms.
@Suite(.serialized) struct UserTests {
    private static let password = "correct horse battery"

    /// A browser: its cookies, and what the pages of the server would send with them.
    private struct Browser {
        let server: ServerInProcess
        var cookies: [String: String] = [:]

        mutating func call(
            _ method: String, _ path: String, _ headers: [String: String] = [:], form: [(String, String)] = []
        ) async throws -> Reply {
            var headers = headers
            if !cookies.isEmpty { headers["Cookie"] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }
            var body: [UInt8] = []
            if !form.isEmpty {
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                let texts = form.map {
                    "\($0.0)=\($0.1.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
                }
                body = Array(texts.joined(separator: "&").utf8)
            }
            let reply = try await server.call(method, path, headers, body)
            for cookie in reply.cookies {
                let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1).map(String.init)
                cookies[pair[0]] = pair.count == 2 && !cookie.contains("Max-Age=0") ? pair[1] : nil
            }
            return reply
        }

        /// Fetches the form and sends it.
        mutating func login(_ name: String, _ password: String, next: String = "/") async throws -> Reply {
            let form = try await call("GET", "/login")
            let token = try #require(form.text.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/)?.1)
            return try await call(
                "POST", "/login", form: [("csrf", String(token)), ("next", next), ("name", name), ("password", password)])
        }

        var token: String { cookies["varve_csrf"] ?? "" }
    }

    private func with(
        _ roles: [String: UserRole], _ body: (ServerInProcess, UserStore) async throws -> Void
    ) async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<1))
            let store = UserStore(at: server.folder)
            for (name, role) in roles { try store.add(name, role: role, password: Self.password) }
            try await Task.sleep(for: .milliseconds(600))
            try await body(server, store)
        }
    }

    @Test func `forms of pages carry the session's token, and are refused without it`() async throws {
        try await with(["ada": .admin]) { server, _ in
            var browser = Browser(server: server)
            _ = try await browser.login("ada", Self.password)
            let page = try await browser.call("GET", "/alerts/rules", ["Accept": "text/html"]).text
            let token = try #require(page.firstMatch(of: /name="csrf" value="([0-9a-f]+)"/)?.1)
            #expect(page.contains("href=\"/account\""))
            let (path, own) = ("/alerts/rules/high_error_rate", ["Sec-Fetch-Site": "same-origin"])
            #expect(try await browser.call("POST", path, own, form: [("enabled", "true")]).status == 403)
            let form = [("enabled", "true"), ("csrf", String(token))]
            #expect(try await browser.call("POST", path, ["Sec-Fetch-Site": "cross-site"], form: form).status == 403)
            // No rules are evaluated here: it is let in, and told that.
            let reply = try await browser.call("POST", path, own, form: form)
            #expect(reply.status == 303 || reply.status == 503, "\(reply.status) \(reply.text)")
        }
    }

    @Test func `a user logs in, asks, and logs out`() async throws {
        try await with(["ada": .admin]) { server, _ in
            var browser = Browser(server: server)
            // A person who asks for a page is sent to the form, and a program is told.
            let sent = try await browser.call("GET", "/monitoring?bucket=day", ["Accept": "text/html"])
            #expect(sent.status == 303 && sent.headers["location"] == "/login?next=%2Fmonitoring%3Fbucket%3Dday")
            #expect(try await browser.call("GET", "/api/v1/status").status == 401)
            let reply = try await browser.login("ada", Self.password, next: "/monitoring")
            #expect(reply.status == 303 && reply.headers["location"] == "/monitoring", "\(reply.status) \(reply.text)")
            let cookie = try #require(reply.cookies.first { $0.hasPrefix("varve_session=") })
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict") && cookie.contains("Max-Age=43200"))
            #expect(try await browser.call("GET", "/api/v1/status").status == 200)
            #expect(try await browser.call("GET", "/account").text.contains("<dd>ada</dd>"))
            let secret = try #require(browser.cookies["varve_session"])
            #expect(try await browser.call("POST", "/logout", form: [("csrf", browser.token)]).status == 303)
            // The cookie of before is none any more, wherever it is kept.
            let again = try await server.get("/api/v1/status", ["Cookie": "varve_session=\(secret)"])
            #expect(again.status == 401)
            // Neither password nor secret is kept.
            for file in ["users", "sessions"] {
                let text = try String(contentsOfFile: server.folder + "/access/\(file)", encoding: .utf8)
                #expect(!text.contains(Self.password) && !text.contains(secret))
                let path = server.folder + "/access/\(file)"
                #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
            }
            #expect(try String(contentsOfFile: server.folder + "/access/users", encoding: .utf8).contains("$argon2id$"))
        }
    }

    @Test func `each role may do what its scopes allow, at every route`() async throws {
        try await with(["v": .viewer, "e": .editor, "a": .admin]) { server, _ in
            let described = try await server.get("/openapi.json").object()
            let paths = try #require(described["paths"] as? [String: [String: [String: Any]]])
            var asked = 0
            for (name, role) in [("v", UserRole.viewer), ("e", .editor), ("a", .admin)] {
                var browser = Browser(server: server)
                #expect(try await browser.login(name, Self.password).status == 303)
                for (path, methods) in paths where !path.hasSuffix("stream") {
                    for (method, operation) in methods {
                        guard let scope = (operation["x-scope"] as? String).flatMap(AccessScope.init) else { continue }
                        let target = InterfaceTests.target(path)
                        let reply = try await browser.call(method.uppercased(), target, ["X-Varve-CSRF": browser.token])
                        let may = role.scopes.contains(scope)
                        // Some routes are for the control socket alone.
                        let isControl = path == "/api/v1/audit" && method == "post"
                        #expect((reply.status == 403) == (!may || isControl), "\(name): \(method) \(path): \(reply.status)")
                        asked += 1
                    }
                }
            }
            #expect(asked > 150)
        }
    }

    @Test func `a session changes nothing without its form token, nor for a page of another site`() async throws {
        try await with(["ada": .admin]) { server, _ in
            var browser = Browser(server: server)
            _ = try await browser.login("ada", Self.password)
            let delete = "/api/v1/views/nothing"
            #expect(try await browser.call("DELETE", delete).status == 403)
            #expect(try await browser.call("DELETE", delete, ["X-Varve-CSRF": "0"]).status == 403)
            let token = ["X-Varve-CSRF": browser.token]
            #expect(try await browser.call("DELETE", delete, token).status == 404)
            let foreign = [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Site", "same-site")]
            for (name, value) in foreign {
                #expect(try await browser.call("DELETE", delete, token.merging([name: value]) { $1 }).status == 403)
            }
            #expect(try await browser.call("DELETE", delete, token.merging(["Origin": "http://localhost"]) { $1 }).status == 404)
            // A log-out or a new password that another site asks for.
            #expect(try await browser.call("POST", "/logout", form: [("all", "1")]).status == 403)
            #expect(try await browser.call("POST", "/account/password", form: [("password", "another one")]).status == 403)
            // A log-in that another site asks for: its form is tied to no visit.
            var other = Browser(server: server)
            let form = [("name", "ada"), ("password", Self.password), ("csrf", "0")]
            let forged = try await other.call("POST", "/login", form: form)
            #expect(forged.status == 403 && other.cookies["varve_session"] == nil)
            #expect(try await browser.call("GET", "/api/v1/status").status == 200)
        }
    }

    @Test func `a new password, a disabled and a removed user end sessions`() async throws {
        try await with(["ada": .admin, "bob": .viewer, "eve": .editor]) { server, store in
            var (ada, bob, eve) = (Browser(server: server), Browser(server: server), Browser(server: server))
            for (name, login) in [("ada", 0), ("bob", 1), ("eve", 2)] {
                let status: Int
                switch login {
                case 0: status = try await ada.login(name, Self.password).status
                case 1: status = try await bob.login(name, Self.password).status
                default: status = try await eve.login(name, Self.password).status
                }
                #expect(status == 303)
            }
            var second = Browser(server: server)
            _ = try await second.login("ada", Self.password)
            // One's own password: this session goes on, the other one is over.
            let form = [("csrf", ada.token), ("current", Self.password), ("password", "another good one")]
            let wrong = [("csrf", ada.token), ("current", "no"), ("password", "another good one")]
            #expect(try await ada.call("POST", "/account/password", form: wrong).status == 403)
            #expect(try await ada.call("POST", "/account/password", form: form).status == 200)
            #expect(try await ada.call("GET", "/api/v1/status").status == 200)
            #expect(try await second.call("GET", "/api/v1/status").status == 401)
            #expect(try await second.login("ada", Self.password).status == 401)
            try store.setDisabled("bob", true)
            try store.remove("eve")
            try await Task.sleep(for: .milliseconds(600))
            #expect(try await bob.call("GET", "/api/v1/status").status == 401)
            #expect(try await eve.call("GET", "/api/v1/status").status == 401)
            #expect(try await bob.login("bob", Self.password).status == 401)
            try store.setDisabled("bob", false)
            try await Task.sleep(for: .milliseconds(600))
            #expect(try await bob.login("bob", Self.password).status == 303)
        }
    }

    @Test func `a stream ends with its session`() async throws {
        try await with(["ada": .viewer]) { server, store in
            var browser = Browser(server: server)
            _ = try await browser.login("ada", Self.password)
            let cookie = "varve_session=\(browser.cookies["varve_session"] ?? "")"
            try await onThread {
                let connection = try RawConnection(port: server.port, timeoutSeconds: 10)
                try connection.request("GET", "/api/v1/stream", ["Cookie": cookie])
                #expect(try connection.head().status == 200)
                try store.setDisabled("ada", true)
                var text = ""
                while case let part = try connection.chunk(), !part.isEmpty { text += String(decoding: part, as: UTF8.self) }
                #expect(text.contains("access has ended"))
            }
        }
    }

    @Test func `guessing is slowed, and tells nothing of names`() async throws {
        try await with(["ada": .admin]) { server, _ in
            var browser = Browser(server: server)
            // Both take the time of one hash; a bare comparison would be a thousandth of it.
            func seconds(_ name: String) async throws -> Double {
                let start = ContinuousClock().now
                #expect(try await browser.login(name, "wrong wrong").status == 401)
                return (ContinuousClock().now - start) / .seconds(1)
            }
            // The least of four: other tests may have the processors meanwhile.
            var (known, unknown) = (try await seconds("ada"), try await seconds("nobody"))
            for _ in 0..<3 { (known, unknown) = try await (min(known, seconds("ada")), min(unknown, seconds("nobody"))) }
            #expect(unknown > known / 3, "\(known) \(unknown)")
            var statuses: [Int] = []
            while statuses.last != 429, statuses.count < 200 { statuses.append(try await browser.login("ada", "wrong").status) }
            #expect(statuses.first == 401 && statuses.contains(429), "\(statuses)")
        }
    }

    @Test func `a log-in goes on to this server and no other`() async throws {
        try await with(["ada": .admin]) { server, _ in
            for next in [
                "//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=1", "javascript:1", "",
            ] {
                var browser = Browser(server: server)
                let reply = try await browser.login("ada", Self.password, next: next)
                #expect(reply.status == 303 && reply.headers["location"] == "/", "\(next): \(reply.headers)")
            }
        }
    }

    @Test func `names and passwords that are none are refused`() throws {
        let folder = ServedFolder()
        let store = UserStore(at: folder.path)
        for name in ["", "a b", "a\tb", "ä", ".a", String(repeating: "a", count: 65)] {
            #expect(throws: ServerError.self) { try store.add(name, role: .viewer, password: Self.password) }
        }
        #expect(throws: ServerError.self) { try store.add("ada", role: .viewer, password: "short") }
        try store.add("ada", role: .viewer, password: Self.password)
        #expect(throws: ServerError.self) { try store.add("ada", role: .admin, password: Self.password) }
        #expect(throws: ServerError.self) { try store.setPassword(of: "bob", to: Self.password) }
        #expect(try store.users().map(\.name) == ["ada"])
    }
}
