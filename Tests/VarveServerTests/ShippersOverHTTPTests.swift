import Foundation
import Testing
import VarveServer

@Suite(.serialized) struct ShippersOverHTTPTests {
    private static let json = ["Content-Type": "application/json"]
    private static let time = "2026-01-21T14:00:00Z"

    @Test func `CloudEvents come structured, in batches and binary, and count once`() async throws {
        try await ServerInProcess.with { server in
            let event = """
                {"specversion":"1.0","id":"1","source":"s","type":"t.a","time":"\(Self.time)","data":{"n":1}}
                """
            let one = ["Content-Type": "application/cloudevents+json; charset=utf-8"]
            let many = ["Content-Type": "application/cloudevents-batch+json"]
            #expect(try await server.call("POST", "/cloudevents", one, Array(event.utf8)).int("appended") == 1)
            #expect(try await server.call("POST", "/cloudevents", many, Array("[\(event)]".utf8)).int("duplicate") == 1)
            #expect(try await server.call("POST", "/cloudevents", many, Array("[]".utf8)).status == 200)
            let binary = [
                "ce-specversion": "1.0", "ce-id": "2", "ce-source": "s", "ce-type": "t.b", "ce-time": Self.time,
                "ce-subject": "a%20b",
                "Content-Type": "application/json",
            ]
            #expect(try await server.call("POST", "/cloudevents", binary, Array("{\"n\":2}".utf8)).int("appended") == 1)
            let wrong = try await server.call("POST", "/cloudevents", one, Array("{\"specversion\":\"1.0\"}".utf8))
            #expect(try wrong.status == 400 && wrong.int("rejected") == 1)
            #expect(try await server.call("POST", "/cloudevents", Self.json, Array("{}".utf8)).status == 415)
            let asked = try await server.call("OPTIONS", "/cloudevents", ["WebHook-Request-Origin": "example.org"])
            #expect(asked.headers["webhook-allowed-origin"] == "example.org")
            let text = try await server.get("/api/v1/events").text
            #expect(text.contains("\"signal\":\"t.b\"") && text.contains("\"ce.subject\":\"a b\""), "\(text)")
        }
    }

    @Test func `a token is shown in the words of each protocol`() async throws {
        try await ServerInProcess.with { server in
            let secret = try TokenStore(at: server.folder).create(name: "w", scopes: [.write]).secret
            try await Task.sleep(for: .milliseconds(700))
            let basic = Data("user:\(secret)".utf8).base64EncodedString()
            for shown in ["Bearer \(secret)", "Token \(secret)", "ApiKey \(secret)", "Basic \(basic)"] {
                let reply = try await server.call("POST", "/write", ["Authorization": shown], Array("a f=1\n".utf8))
                #expect(reply.status == 204, "\(shown.prefix(6)): \(reply.text)")
            }
            let key = ["X-Sentry-Auth": "Sentry sentry_version=7, sentry_key=\(secret)"]
            #expect(try await server.call("POST", "/api/1/envelope/", key, Array("{}\n".utf8)).status == 200)
            for shown in ["Digest \(secret)", "Basic \(secret)", "Bearer", "Token x"] {
                #expect(try await server.call("POST", "/write", ["Authorization": shown], []).status == 401, "\(shown.prefix(6))")
            }
        }
    }

    @Test func `a bulk request is answered item by item`() async throws {
        try await ServerInProcess.with { server in
            let lines = """
                {"index":{"_index":"i","_id":"1"}}
                {"@timestamp":"\(Self.time)","message":"a"}
                {"delete":{"_index":"i","_id":"1"}}
                {"create":{}}
                {"@timestamp":"\(Self.time)","message":"b"}

                """
            for path in ["/_bulk", "/elasticsearch/logs/_bulk"] {
                let reply = try await server.call("POST", path, ["Content-Type": "application/x-ndjson"], Array(lines.utf8))
                let answer = try reply.object()
                let items = try #require(answer["items"] as? [[String: [String: Any]]])
                #expect(reply.status == 200 && answer["errors"] as? Bool == true)
                #expect(reply.headers["x-elastic-product"] == "Elasticsearch")
                #expect(items.flatMap { $0.values.map { $0["status"] as? Int } } == [201, 400, 201], "\(reply.text)")
            }
            #expect(try await server.get("/elasticsearch").headers["x-elastic-product"] == "Elasticsearch")
            let wrong = try await server.call("POST", "/_bulk", Self.json, Array("no\n".utf8))
            #expect(wrong.status == 400 && wrong.text.contains("Malformed action/metadata line [1]"))
            #expect(try await server.get("/api/v1/status").int("durable") == 2)
        }
    }

    @Test func `a bulk request of too many items is refused before any is taken`() async throws {
        var limits = ServerLimits()
        limits.bulkItems = 3
        try await ServerInProcess.with(limits: limits) { server in
            let item = "{\"index\":{\"_index\":\"i\"}}\n{\"@timestamp\":\"\(Self.time)\",\"message\":\"a\"}\n"
            for (count, status) in [(3, 200), (4, 413)] {
                let body = Array(String(repeating: item, count: count).utf8)
                let reply = try await server.call("POST", "/_bulk", ["Content-Type": "application/x-ndjson"], body)
                #expect(reply.status == status, "\(reply.text)")
            }
            #expect(try await server.get("/api/v1/status").int("durable") == 3)
        }
    }

    @Test func `Loki, InfluxDB, Sentry and Alertmanager are answered as they answer`() async throws {
        try await ServerInProcess.with { server in
            let push = "{\"streams\":[{\"stream\":{\"app\":\"a\"},\"values\":[[\"1768996800000000000\",\"line\"]]}]}"
            #expect(try await server.call("POST", "/loki/api/v1/push", Self.json, Array(push.utf8)).status == 204)
            #expect(try await server.call("POST", "/loki/api/v1/push", Self.json, Array("{}".utf8)).status == 400)
            let point = Array("a,t=b f=1i 1768996800\n".utf8)
            #expect(try await server.call("POST", "/write?db=x&precision=s", [:], point).status == 204)
            let partial = try await server.call("POST", "/api/v2/write?org=o&bucket=b", [:], Array("a f=1\nwrong\n".utf8))
            #expect(partial.status == 400 && partial.text.contains("\"code\":\"invalid\""))
            let error = "{\"event_id\":\"9ec79c33ec9942ab8353589fcb2e04dc\",\"timestamp\":1768996800,\"message\":\"m\"}"
            let envelope = "{}\n{\"type\":\"event\",\"length\":\(error.utf8.count)}\n\(error)\n"
            #expect(try await server.call("POST", "/api/1/envelope/", [:], Array(envelope.utf8)).status == 200)
            #expect(try await server.call("POST", "/api/1/store/", Self.json, Array(error.utf8)).status == 200, "the same event")
            let alerts = "[{\"labels\":{\"alertname\":\"a\"},\"startsAt\":\"\(Self.time)\"}]"
            #expect(try await server.call("POST", "/api/v2/alerts", Self.json, Array(alerts.utf8)).status == 200)
            let hook = "{\"version\":\"4\",\"receiver\":\"r\",\"alerts\":\(alerts)}"
            #expect(try await server.call("POST", "/alertmanager/webhook", Self.json, Array(hook.utf8)).status == 200)
            #expect(try await server.get("/api/v1/status").int("durable") == 5)
            let text = try await server.get("/api/v1/events").text
            for signal in ["log.entry", "influx.point", "error.reported", "alert.triggered"] {
                #expect(text.contains("\"signal\":\"\(signal)\""), "\(signal): \(text)")
            }
        }
    }
}
