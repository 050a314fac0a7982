import Foundation
import Testing
import VarveServer

@Suite(.serialized) struct OTLPOverHTTPTests {
    private static let json = ["Content-Type": "application/json"]
    private static let protobuf = ["Content-Type": "application/x-protobuf"]

    private static func log(_ time: String, _ body: String = "x") -> String {
        "{\"timeUnixNano\":\"\(time)\",\"body\":{\"stringValue\":\"\(body)\"}}"
    }

    private static func logs(_ records: [String]) -> [UInt8] {
        Array("{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[\(records.joined(separator: ","))]}]}]}".utf8)
    }

    private static func orders(_ value: Int, minute: Int) -> [UInt8] {
        let begin = UInt64(Date().timeIntervalSince1970 - 600) * 1_000_000_000
        let point = """
            {"asInt":\(value),"startTimeUnixNano":"\(begin / 3_600_000_000_000 * 3_600_000_000_000)","timeUnixNano":\
            "\(begin + UInt64(minute) * 60_000_000_000)"}
            """
        return Array(
            """
            {"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"orders","sum":{"aggregationTemporality":2,\
            "isMonotonic":true,"dataPoints":[\(point)]}}]}]}]}
            """.utf8)
    }

    @Test func `what is taken is answered as it came`() async throws {
        try await ServerInProcess.with { server in
            let body = Self.logs([Self.log("1768996800000000000"), Self.log("1768996800000000001")])
            let taken = try await server.call("POST", "/v1/logs", Self.json, body)
            #expect(taken.status == 200 && taken.text == "{}" && taken.headers["content-type"] == "application/json")
            let again = try await server.call("POST", "/v1/logs", Self.json, body)
            #expect(again.status == 200 && again.text == "{}")
            #expect(try await server.get("/api/v1/status").int("durable") == 2, "sent again it counts nothing twice")
            for path in ["/v1/logs", "/v1/traces", "/v1/metrics"] {
                let empty = try await server.call("POST", path, Self.protobuf)
                #expect(empty.status == 200 && empty.body == [] && empty.headers["content-type"] == "application/x-protobuf")
            }
            let packed = try await server.call(
                "POST", "/v1/logs", ["Content-Type": "application/json; charset=utf-8", "Content-Encoding": "gzip"],
                pack(Self.logs([Self.log("1768996800000000002")]), isGzip: true))
            #expect(packed.status == 200 && packed.headers["content-type"] == "application/json")
            #expect(try await server.get("/api/v1/status").int("durable") == 3)
        }
    }

    @Test func `refused records are counted in a partial success`() async throws {
        try await ServerInProcess.with { server in
            let body = Self.logs([Self.log("5"), Self.log("1768996800000000000"), Self.log("6")])
            let reply = try await server.call("POST", "/v1/logs", Self.json, body)
            let partial = try #require(reply.object()["partialSuccess"] as? [String: String])
            #expect(reply.status == 200 && partial["rejectedLogRecords"] == "2", "\(reply.text)")
            #expect(partial["errorMessage"]?.contains("2 of 3 records") == true)
            #expect(try await server.get("/api/v1/status").int("durable") == 1)
        }
    }

    @Test func `what cannot be read is refused with a status, in the encoding that was asked in`() async throws {
        try await ServerInProcess.with { server in
            let json = try await server.call("POST", "/v1/traces", Self.json, Array("{\"resourceSpans\":".utf8))
            #expect(json.status == 400 && json.headers["content-type"] == "application/json")
            #expect(try json.int("code") == 3 && (json.object()["message"] is String))
            let bytes = try await server.call("POST", "/v1/traces", Self.protobuf, [0x0A, 0xFF])
            #expect(bytes.status == 400 && bytes.headers["content-type"] == "application/x-protobuf")
            #expect(bytes.body.starts(with: [0x08, 0x03, 0x12]))
            #expect(try await server.call("POST", "/v1/traces", ["Content-Type": "text/plain"], [1]).status == 415)
            let coding = Self.protobuf.merging(["Content-Encoding": "br"]) { $1 }
            #expect(try await server.call("POST", "/v1/traces", coding, [1]).status == 415)
            #expect(try await server.get("/api/v1/status").int("durable") == 0)
        }
    }

    @Test func `a body that is too large, packed or unpacked, is refused`() async throws {
        var limits = ServerLimits()
        limits.documentBytes = 100_000
        try await ServerInProcess.with(limits: limits) { server in
            let large = [UInt8](repeating: 0x20, count: 100_001)
            let plain = try await server.call("POST", "/v1/logs", Self.json, large)
            #expect(plain.status == 413 && plain.headers["content-type"] == "application/json")
            let headers = Self.json.merging(["Content-Encoding": "gzip"]) { $1 }
            #expect(try await server.call("POST", "/v1/logs", headers, pack(large, isGzip: true)).status == 413)
        }
    }

    @Test func `who comes when there is no room is told when to come again`() async throws {
        var limits = ServerLimits()
        limits.bytesInFlight = 1_000
        try await ServerInProcess.with(limits: limits) { server in
            let reply = try await server.call("POST", "/v1/logs", Self.json, Array("{}".utf8))
            #expect(try reply.status == 503 && reply.headers["retry-after"] == "1" && reply.int("code") == 14)
        }
    }

    @Test func `increases of a counter go on behind a restart`() async throws {
        let server = try await ServerInProcess.start()
        for (value, minute) in [(5, 1), (9, 2)] {
            #expect(try await server.call("POST", "/v1/metrics", Self.json, Self.orders(value, minute: minute)).status == 200)
        }
        await server.stop()
        let later = try await ServerInProcess.start(at: server.folder)
        #expect(try await later.call("POST", "/v1/metrics", Self.json, Self.orders(15, minute: 3)).status == 200)
        let events = try await later.get("/api/v1/events?signal=otel.metric").text
        #expect(events.contains("\"delta\":4,") && events.contains("\"delta\":6,"), "\(events)")
        await later.remove()
    }
}
