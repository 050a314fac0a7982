import Foundation
import Testing
import VarveEvents
import VarveServer
import VarveTestSupport

@Suite(.serialized) struct AccessTests {
    @Test func `from the first token on everybody has to show one`() async throws {
        try await ServerInProcess.with { server in
            #expect(try await server.post(lines(0..<1)).status == 200)
            let store = TokenStore(at: server.folder)
            let writer = try store.create(name: "writer", scopes: [.write])
            let reader = try store.create(name: "reader", scopes: [.read])
            let admin = try store.create(name: "admin", scopes: [.admin])
            try await Task.sleep(for: .milliseconds(700))
            func bearer(_ secret: String) -> [String: String] { ["Authorization": "Bearer \(secret)"] }
            #expect(try await server.post(lines(0..<1)).status == 401)
            #expect(try await server.get("/api/v1/status").status == 401)
            #expect(try await server.get("/livez").status == 200)
            #expect(try await server.get("/readyz").status == 200)
            #expect(try await server.post(lines(0..<1), bearer(writer.secret)).status == 200)
            #expect(try await server.get("/api/v1/status", bearer(writer.secret)).status == 403)
            #expect(try await server.get("/api/v1/status", bearer(reader.secret)).status == 200)
            #expect(try await server.post(lines(0..<1), bearer(reader.secret)).status == 403)
            #expect(try await server.post(lines(0..<1), bearer(admin.secret)).status == 200)
            #expect(try await server.get("/api/v1/status", bearer("vt_nobody.nothing")).status == 401)
            #expect(try store.revoke(reader.token.id))
            try await Task.sleep(for: .milliseconds(700))
            #expect(try await server.get("/api/v1/status", bearer(reader.secret)).status == 401)
            // The secret is nowhere, and the file is its owner's alone.
            let file = server.folder + "/access/tokens"
            let kept = try String(contentsOfFile: file, encoding: .utf8)
            #expect(!kept.contains(writer.secret) && kept.contains(writer.token.id))
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `who may append events may not speak for alerting`() async throws {
        try await ServerInProcess.with { server in
            let store = TokenStore(at: server.folder)
            let writer = try store.create(name: "writer", scopes: [.write])
            let both = try store.create(name: "both", scopes: [.write, .alerts])
            try await Task.sleep(for: .milliseconds(700))
            let time = "2026-01-21T14:00:00Z"
            let own = [
                "{\"time\":\"\(time)\",\"signal\":\"alert.silenced\",\"data\":{\"engine\":\"varve\",\"silence\":\"s\"}}\n",
                "{\"time\":\"\(time)\",\"signal\":\"alert.resolved\",\"data\":{\"engine\":\"varve\",\"alert_id\":\"a\"}}\n",
                "{\"time\":\"\(time)\",\"signal\":\"config.changed\","
                    + "\"data\":{\"key\":\"alerts.rules.a.enabled\",\"value\":\"false\"}}\n",
            ].joined()
            let others = [
                "{\"time\":\"\(time)\",\"signal\":\"alert.resolved\",\"data\":{\"alert_id\":\"a\"}}\n",
                "{\"time\":\"\(time)\",\"signal\":\"config.changed\",\"data\":{\"key\":\"theme\",\"value\":\"dark\"}}\n",
            ].joined()
            let reply = try await server.post(own + others, ["Authorization": "Bearer \(writer.secret)"])
            #expect(try reply.int("appended") == 2 && reply.int("rejected") == 3, "\(reply.text)")
            let taken = try await server.post(own + others, ["Authorization": "Bearer \(both.secret)"])
            #expect(try taken.int("appended") == 5, "\(taken.text)")
        }
    }

    @Test func `without its last token a server that other machines reach lets nobody in`() async throws {
        let folder = ServedFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let store = TokenStore(at: folder.path)
        let admin = try store.create(name: "admin", scopes: [.admin])
        let shown = ["Authorization": "Bearer \(admin.secret)"]
        let server = try await ServerInProcess.start(at: folder.path) { $0.address = ListenAddress(host: "0.0.0.0", port: 0) }
        let before = try await server.get("/api/v1/status", shown).status
        let isRevoked = try store.revoke(admin.token.id)
        try await Task.sleep(for: .milliseconds(700))
        let after = [try await server.get("/api/v1/status").status, try await server.get("/api/v1/status", shown).status]
        await server.stop()
        withExtendedLifetime(folder) {}
        #expect(before == 200 && isRevoked && after == [401, 401])
    }

    @Test func `a stream ends with the token that it was opened with`() async throws {
        try await ServerInProcess.with { server in
            let store = TokenStore(at: server.folder)
            _ = try store.create(name: "other", scopes: [.admin])
            let reader = try store.create(name: "reader", scopes: [.read])
            try await Task.sleep(for: .milliseconds(700))
            let text = try await onThread { () -> String in
                let connection = try RawConnection(port: server.port, timeoutSeconds: 10)
                try connection.request("GET", "/api/v1/stream", ["Authorization": "Bearer \(reader.secret)"])
                guard try connection.head().status == 200 else { return "" }
                _ = try store.revoke(reader.token.id)
                var text = ""
                while case let part = try connection.chunk(), !part.isEmpty { text += String(decoding: part, as: UTF8.self) }
                return text
            }
            #expect(text.contains("access has ended"), "\(text)")
        }
    }

    @Test func `a broken file of tokens lets nobody in`() async throws {
        try await ServerInProcess.with { server in
            _ = try TokenStore(at: server.folder).create(name: "a", scopes: [.read])
            try "nonsense\n".write(toFile: server.folder + "/access/tokens", atomically: true, encoding: .utf8)
            try await Task.sleep(for: .milliseconds(700))
            #expect(try await server.get("/api/v1/status").status == 401)
        }
    }

    @Test func `an expired token is none`() async throws {
        try await ServerInProcess.with { server in
            let old = try TokenStore(at: server.folder).create(
                name: "old", scopes: [.read], expires: .init(nanoseconds: 1_000_000_000))
            try await Task.sleep(for: .milliseconds(700))
            #expect(try await server.get("/api/v1/status", ["Authorization": "Bearer \(old.secret)"]).status == 401)
        }
    }
}
