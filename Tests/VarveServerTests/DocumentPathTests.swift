import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// The five documents' own paths: what they send comes in as it is, and what they show comes out in their shapes.
@Suite(.serialized) struct DocumentPathTests {
    private static let now = Int(Date().timeIntervalSince1970 * 1_000)
    private static let page = ["Origin": "https://page.example", "Content-Type": "text/plain;charset=UTF-8"]

    @Test func `pages of listed origins may measure, and no others`() async throws {
        var live = LiveSettings()
        live.origins = ["https://page.example"]
        live.beaconsPerMinute = 10
        let settings = live
        try await ServerInProcess.with({ $0.live = settings }) { server in
            _ = try TokenStore(at: server.folder).create(name: "t", scopes: [.read])
            try await Task.sleep(for: .milliseconds(700))
            let vital = "{\"name\":\"LCP\",\"value\":2100,\"id\":\"v1\",\"timestamp\":\(Self.now),\"url\":\"https://a/x\"}"
            let sent = try await server.call("POST", "/api/metrics/rum", Self.page, Array(vital.utf8))
            #expect(sent.status == 204 && sent.text.isEmpty, "\(sent.status) \(sent.text)")
            #expect(sent.headers["access-control-allow-origin"] == "https://page.example")
            #expect(sent.headers["access-control-allow-credentials"] == nil)
            let error = "{\"message\":\"x is not defined\",\"filename\":\"a.js\",\"lineno\":3,\"colno\":4,\"stack\":\"s\"}"
            #expect(try await server.call("POST", "/api/errors", Self.page, Array(error.utf8)).status == 204)
            let rejection = "{\"message\":\"Unhandled promise rejection\",\"stack\":\"s\",\"url\":\"u\"}"
            #expect(try await server.call("POST", "/api/errors", Self.page, Array(rejection.utf8)).status == 204)
            let other = try await server.call("POST", "/api/errors", ["Origin": "https://evil.example"], Array(error.utf8))
            #expect(other.status == 403 && other.headers["access-control-allow-origin"] == nil)
            #expect(try await server.call("POST", "/api/errors", [:], Array(error.utf8)).status == 403)
            for origin in ["http://localhost", "http://127.0.0.1:3000", "null"] {
                let forged = try await server.call("POST", "/api/errors", ["Origin": origin], Array(error.utf8))
                #expect(forged.status == 403, "\(origin)")
            }
            let asked = try await server.call("OPTIONS", "/api/errors", ["Origin": "https://page.example"])
            #expect(asked.status == 204 && asked.headers["access-control-allow-methods"] == "POST")
            #expect(try await server.call("OPTIONS", "/api/errors", ["Origin": "https://evil.example"]).status == 403)
            // Everywhere else no page of another origin may do anything.
            #expect(try await server.call("GET", "/api/v1/views", Self.page).headers["access-control-allow-origin"] == nil)
            let large = [UInt8](repeating: 0x20, count: 70_000)
            #expect(try await server.call("POST", "/api/metrics/rum", Self.page, large).status == 413)
            var statuses: [Int] = []
            // Sent slowly, more of them are taken before the minute's number is reached.
            for _ in 0..<200 where !statuses.contains(429) {
                statuses.append(try await server.call("POST", "/api/metrics/rum", Self.page, Array(vital.utf8)).status)
            }
            #expect(statuses.contains(429) && statuses.first == 204, "\(statuses)")
        }
    }

    @Test func `each system's records are taken at its own path`() async throws {
        var live = LiveSettings()
        live.chatbotSecret = "the bot's"
        let settings = live
        try await ServerInProcess.with({ $0.live = settings }) { server in
            func send(_ path: String, _ text: String, _ headers: [String: String] = [:]) async throws -> Reply {
                try await server.call("POST", path, headers, Array(text.utf8))
            }
            let retry = "{\"signal\":\"retry_success\",\"session_id\":\"s\",\"component\":\"Cart\",\"data\":{\"retry_count\":2}}"
            #expect(try await send("/api/telemetry/resilience", retry).int("appended") == 1)
            let debt = "{\"id\":\"td-1\",\"title\":\"T\",\"severity\":\"high\",\"category\":\"security\",\"estimatedEffort\":8}"
            #expect(try await send("/api/flashfusion/addTechDebt", debt).int("appended") == 1)
            #expect(try await send("/api/flashfusion/updateConfig", "{\"updateInterval\":30000}").int("appended") == 1)
            #expect(try await send("/api/flashfusion/dropTable", debt).status == 404)
            let metric = "[{\"metric_type\":\"jobs\",\"value\":3,\"source\":\"a\"},{\"metric_type\":\"jobs\",\"value\":4}]"
            #expect(try await send("/api/monitoring/metrics", metric).int("appended") == 2)
            let limit = "{\"metric_type\":\"jobs\",\"warning_threshold\":7,\"critical_threshold\":14,\"duration\":60}"
            #expect(try await send("/api/monitoring/thresholds", limit).int("appended") == 1)
            let alert = "{\"id\":\"al-1\",\"alert_type\":\"jobs\",\"severity\":\"critical\",\"status\":\"active\",\"details\":{}}"
            #expect(try await send("/api/monitoring/alerts", alert).int("appended") == 1)
            let none = try await send("/api/monitoring/alerts", "{\"nothing\":\"of this\"}")
            #expect(try none.status == 400 && none.int("rejected") == 1, "\(none.text)")
            let message = "{\"type\":\"message:processed\",\"data\":{\"userId\":\"u1\",\"responseTime\":120}}"
            #expect(try await send("/api/chatbot/events", message, ["X-Varve-Secret": "the bot's"]).int("appended") == 1)
            _ = try TokenStore(at: server.folder).create(name: "t", scopes: [.read])
            try await Task.sleep(for: .milliseconds(700))
            #expect(try await send("/api/chatbot/events", message, ["X-Varve-Secret": "the bot's"]).status == 200)
            #expect(try await send("/api/chatbot/events", message, ["X-Varve-Secret": "another"]).status == 403)
            #expect(try await send("/api/chatbot/events", message).status == 403)
        }
    }

    @Test func `what the documents show comes in their shapes`() async throws {
        try await ServerInProcess.with { server in
            let messages = (0..<50).map { number in
                "{\"type\":\"message:processed\",\"data\":{\"userId\":\"u\(number % 5)\",\"responseTime\":\(100 + number)},"
                    + "\"timestamp\":\(Self.now - number * 1_000)}\n"
            }
            let sent = try await server.call("POST", "/api/chatbot/events", [:], Array(messages.joined().utf8))
            #expect(try sent.int("appended") == 50)
            let request = "{\"method\":\"GET\",\"path\":\"/a\",\"status\":500,\"duration\":20,\"timestamp\":\(Self.now)}\n"
            _ = try await server.post(request, query: "?format=atomic")
            let current = try await server.get("/debug/metrics").object()
            let count = try #require(current["messages"] as? [String: Any])
            #expect(count["total"] as? Int == 50 && count["last_hour"] as? Int == 50 && count["last_24h"] as? Int == 50)
            #expect(count["avg_response_time"] as? Double == 124.5)
            #expect((current["users"] as? [String: Any])?["total"] as? Int == 5 && current["system"] is [String: Any])
            let full = try await server.get("/api/v1/metrics/current").object()
            let times = try #require(full["response_times"] as? [Double])
            #expect(times.count == 50 && times.first == 100 && times.last == 149)
            let quick = try await server.get("/debug/health-quick").object()
            #expect(Set((quick["checks"] as? [String: Any] ?? [:]).keys) == ["database", "facebook", "memory"])
            #expect(quick["response_time_ms"] as? Double ?? 1_000 < 100)
            let board = try await server.get("/api/monitoring/dashboard").object()
            #expect(Set(board.keys) == ["health", "metrics", "realtimeMessages", "lastUpdate"])
            #expect((board["realtimeMessages"] as? [[String: Any]])?.first?["user_id"] as? String == "u4")
            let csv = try await server.get("/api/monitoring/export?format=csv")
            #expect(csv.headers["content-type"]?.hasPrefix("text/csv") == true && csv.text.hasPrefix("time,"))
            let overview = try await server.get("/api/analytics/overview").object()
            #expect((overview["totalMessages"] as? [String: Any])?["value"] as? Int == 50)
            for granularity in ["hourly", "daily", "weekly", "monthly"] {
                let data = Data(try await server.get("/api/analytics/timeline?granularity=\(granularity)").text.utf8)
                let points = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
                #expect(points.reduce(0) { $0 + ($1["messages"] as? Int ?? 0) } == 50, "\(granularity)")
            }
            let users = try await server.get("/api/analytics/users").object()
            #expect((users["topUsers"] as? [[String: Any]])?.count == 5 && users["activeNow"] as? Int == 5)
            let operational = try await server.get("/api/dashboard/operational?timeRange=1h").object()
            #expect((operational["overview"] as? [String: Any])?["errorRate"] as? Double == 1)
            #expect(
                Set((operational["charts"] as? [String: Any] ?? [:]).keys)
                    == ["requestsOverTime", "errorsOverTime", "responseTimeOverTime", "ltiLaunchesOverTime"])
            let business = try await server.get("/api/dashboard/business?period=week").object()
            #expect(
                Set(business.keys)
                    == ["timestamp", "period", "userEngagement", "ltiIntegration", "featureAdoption", "performance"])
            #expect((business["featureAdoption"] as? [String: Any])?["chatUsage"] as? Int == 50)
            let fusion = try await server.get("/api/flashfusion/getMetrics").object()
            #expect(fusion["techDebt"] is [Any] && fusion["podSuccessRates"] is [Any])
            let resilience = try await server.get("/api/telemetry/resilience").object()
            #expect(resilience["rollback_rate"] is [Any])
            for path in ["metrics", "alerts", "thresholds", "status"] {
                #expect(try await server.get("/api/monitoring/\(path)").status == 200, "\(path)")
            }
            #expect(try await server.get("/lti/config").status == 200)
        }
    }

    @Test func `messages are told as they come`() async throws {
        try await ServerInProcess.with { server in
            try await onThread {
                let stream = try RawConnection(port: server.port)
                try stream.request("GET", "/debug/message-stream?since=0")
                let sender = try RawConnection(port: server.port)
                let message = "{\"type\":\"message:processed\",\"data\":{\"userId\":\"u1\",\"responseTime\":120}}"
                try sender.request("POST", "/api/chatbot/events", [:], Array(message.utf8))
                #expect(try sender.reply().int("appended") == 1)
                #expect(try stream.head().status == 200)
                var text = ""
                while !text.contains("response_time\":120") { text += String(decoding: try stream.chunk(), as: UTF8.self) }
                #expect(text.contains("event: message") && text.contains("\"user_id\":\"u1\""), "\(text)")
            }
        }
    }
}
