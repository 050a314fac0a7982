import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// WebSockets with the documents' protocol.
@Suite(.serialized) struct SocketTests {
    @Test func `who subscribes hears of it at once`() async throws {
        try await ServerInProcess.with { server in
            try await onThread {
                let client = try WebSocketClient(server.port, "/api/monitoring/stream", "Origin: http://localhost:3000\r\n")
                #expect(client.head.hasPrefix("HTTP/1.1 101 ") && client.head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
                try client.send("{\"type\":\"subscribe\",\"channels\":[\"messages\",\"errors\",\"metrics\",\"health\"]}")
                #expect(try client.wait("subscribed")["data"] as? [String] == ["errors", "health", "messages", "metrics"])
                let metrics = try client.wait("metrics:update")
                #expect((metrics["data"] as? [String: Any])?["messages"] is [String: Any] && metrics["timestamp"] is String)
                #expect((try client.wait("health:changed")["data"] as? [String: Any])?["status"] as? String == "healthy")
                let sender = try RawConnection(port: server.port)
                for record in [
                    "{\"type\":\"message:processed\",\"data\":{\"userId\":\"u1\",\"responseTime\":120}}",
                    "{\"type\":\"error:occurred\",\"data\":{\"message\":\"boom\"}}",
                ] {
                    try sender.request("POST", "/api/chatbot/events", [:], Array(record.utf8))
                    #expect(try sender.reply().int("appended") == 1)
                }
                #expect((try client.wait("message:new")["data"] as? [String: Any])?["user_id"] as? String == "u1")
                let error = try client.wait("error:occurred")["data"] as? [String: Any]
                #expect((error?["data"] as? [String: Any])?["message"] as? String == "boom")
                try client.send("", opcode: 9)
                while try client.frame().opcode != 10 {}
                try client.send("what?")
                #expect(try client.wait("error")["data"] is [String: Any])
                try client.send("", opcode: 8)
                while try client.frame().opcode != 8 {}
            }
        }
    }

    @Test func `a dashboard hears of metrics, health and alerts without asking, and of the end`() async throws {
        try await onThread {
            let folder = ServedFolder()
            let server = try RunningServer(folder.path)
            let client = try WebSocketClient(server.port, "/api/dashboard/ws")
            #expect((try client.wait("metric_update")["data"] as? [String: Any])?["totalRequests"] as? Int == 0)
            let sender = try RawConnection(port: server.port)
            let alert = "{\"id\":\"al-1\",\"alert_type\":\"jobs\",\"severity\":\"critical\",\"status\":\"active\"}"
            try sender.request("POST", "/api/monitoring/alerts", [:], Array(alert.utf8))
            #expect(try sender.reply().int("appended") == 1)
            #expect((try client.wait("alert")["data"] as? [String: Any])?["signal"] as? String == "alert.triggered")
            server.process.terminate()
            var last = try client.frame()
            while last.opcode != 8 { last = try client.frame() }
            #expect(last.bytes.prefix(2).reduce(0) { $0 << 8 | Int($1) } == 1001)
            server.process.waitUntilExit()
            #expect(server.process.terminationStatus == 0)
        }
    }

    @Test func `who may not read is refused, and so is what is no WebSocket`() async throws {
        try await ServerInProcess.with { server in
            let refused = try await onThread {
                try WebSocketClient(server.port, "/api/dashboard/ws", "Origin: https://evil.example\r\n").head
            }
            #expect(refused.contains(" 403 "))
            let store = TokenStore(at: server.folder)
            let reader = try store.create(name: "r", scopes: [.read]).secret
            let writer = try store.create(name: "w", scopes: [.write]).secret
            try await Task.sleep(for: .milliseconds(700))
            try await onThread {
                #expect(try WebSocketClient(server.port, "/api/dashboard/ws").head.contains(" 401 "))
                let path = "/api/dashboard/ws"
                #expect(try WebSocketClient(server.port, path, "Authorization: Bearer \(writer)\r\n").head.contains(" 403 "))
                let offered = try WebSocketClient(server.port, path, "Sec-WebSocket-Protocol: varve, varve.token.\(reader)\r\n")
                #expect(offered.head.contains(" 101 ") && offered.head.contains("Sec-WebSocket-Protocol: varve"))
                #expect(!offered.head.contains(reader))
                try offered.send("x", masked: false)
                while try offered.frame().opcode != 8 {}
                let plain = try RawConnection(port: server.port)
                try plain.request("GET", path, ["Authorization": "Bearer \(reader)"])
                #expect(try plain.reply().status == 404)
            }
        }
    }
}
