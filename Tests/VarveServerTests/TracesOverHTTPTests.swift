import Testing
import VarveServer

@Suite(.serialized) struct TracesOverHTTPTests {
    /// A root of 100 ms, a child of 60 ms in another service with a child of its own, one beside it, and one whose parent is
    /// missing.
    private static func spans() -> [UInt8] {
        func span(
            _ id: Int, _ parent: Int?, _ name: String, _ start: Int, _ length: Int, kind: Int = 1, code: Int = 0
        ) -> String {
            let base = 1_768_996_800_000
            let parentID = parent.map { "\"parentSpanId\":\"000000000000000\($0)\"," } ?? ""
            return """
                {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"000000000000000\(id)",\(parentID)"name":"\(name)",\
                "kind":\(kind),"startTimeUnixNano":"\(base + start)000000",\
                "endTimeUnixNano":"\(base + start + length)000000","status":{"code":\(code)}}
                """
        }
        func resource(_ service: String, _ spans: [String]) -> String {
            """
            {"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(service)"}}]},\
            "scopeSpans":[{"spans":[\(spans.joined(separator: ","))]}]}
            """
        }
        let shop = [span(1, nil, "GET /", 0, 100, kind: 2), span(4, 1, "render", 75, 20)]
        let store = [
            span(2, 1, "load", 10, 60, kind: 2, code: 2), span(3, 2, "SELECT", 20, 30, kind: 3), span(5, 9, "lost", 5, 1),
        ]
        return Array("{\"resourceSpans\":[\(resource("shop", shop)),\(resource("store", store))]}".utf8)
    }

    @Test func `a trace is a tree with own times, a critical path, and parents that are missing`() async throws {
        try await ServerInProcess.with { server in
            let json = ["Content-Type": "application/json"]
            #expect(try await server.call("POST", "/v1/traces", json, Self.spans()).status == 200)
            let reply = try await server.get("/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736")
            let trace = try reply.object()
            let spans = try #require(trace["spans"] as? [[String: Any]])
            #expect(spans.map { $0["name"] as? String } == ["GET /", "load", "SELECT", "render", "lost"], "\(reply.text)")
            #expect(spans.map { $0["depth"] as? Int } == [0, 1, 2, 1, 0])
            #expect(spans.map { $0["self_ms"] as? Double } == [20, 30, 30, 20, 1])
            #expect(spans.map { $0["critical"] as? Bool } == [true, true, true, true, false])
            #expect(trace["missing_parents"] as? [String] == ["0000000000000009"] && trace["duration_ms"] as? Double == 100)
            #expect(trace["errors"] as? Int == 1 && trace["services"] as? [String] == ["shop", "store"])
            let gaps = trace["gaps"] as? [[String: Any]] ?? []
            #expect(gaps.count == 1 && gaps.first?["span_id"] as? String == "0000000000000002", "\(gaps)")
            #expect(gaps.first?["offset_ms"] as? Double == 50 && gaps.first?["duration_ms"] as? Double == 20)
            let id = "4bf92f3577b34da6a3ce929d0e0e4736"
            #expect(try RunningServer.run("trace", id, "--data", server.folder, "--json").out == reply.text)
            let printed = try RunningServer.run("trace", id, "--data", server.folder)
            for line in [
                " 0.000   100.000  20.000  *  GET /           shop     server",
                "20.000    30.000  30.000  *  │  └─ SELECT    store    client",
                "75.000    20.000  20.000  *  └─ render       shop     internal",
                "the span 0000000000000009 is missing: 1 span names it as the parent",
                "no child of load ran for 20.000 ms from 50.000 ms on",
            ] { #expect(printed.out.contains(line), "\(line)\n\(printed.out)") }
            #expect(try RunningServer.run("trace", "4bf92f3577b34da6a3ce929d0e0e4737", "--data", server.folder).code == 1)
            #expect(try RunningServer.run("trace", "nothing", "--data", server.folder).code == 64)
            for query in ["", "?service=store&error=1", "?min_duration=100ms", "?name=SELECT"] {
                let listed = try await server.get("/api/v1/traces" + query).rows()
                #expect(listed.count == 1 && listed.first?["spans"] as? Int == 5, "\(query)")
            }
            for query in ["?service=other", "?min_duration=101ms"] {
                #expect(try await server.get("/api/v1/traces" + query).rows().isEmpty, "\(query)")
            }
            #expect(try await server.get("/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4737").status == 404)
            #expect(try await server.get("/api/v1/traces/nothing").status == 400)
        }
    }

    @Test func `spans that are each other's parents are told once, in pairs`() async throws {
        let ids = (1...200).map { number in
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }
        let spans = ids.indices.map { place in
            """
            {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"\(ids[place])","parentSpanId":"\(ids[place ^ 1])","name":"a",\
            "kind":1,"startTimeUnixNano":"1768996800000000000","endTimeUnixNano":"1768996800001000000","status":{}}
            """
        }
        let body = "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[\(spans.joined(separator: ","))]}]}]}"
        try await ServerInProcess.with { server in
            let json = ["Content-Type": "application/json"]
            #expect(try await server.call("POST", "/v1/traces", json, Array(body.utf8)).status == 200)
            let trace = try await server.get("/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736").object()
            let told = try #require(trace["spans"] as? [[String: Any]])
            #expect(told.compactMap { $0["span_id"] as? String } == ids)
            #expect(told.compactMap { $0["depth"] as? Int } == ids.indices.map { $0 % 2 })
        }
    }

    @Test func `Jaeger's query API answers as it asks`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.call("POST", "/v1/traces", ["Content-Type": "application/json"], Self.spans())
            #expect(try await server.get("/jaeger/api/services").object()["data"] as? [String] == ["shop", "store"])
            let names = try await server.get("/jaeger/api/services/store/operations").object()["data"] as? [String]
            #expect(names == ["SELECT", "load", "lost"])
            let edges = try await server.get("/jaeger/api/dependencies").object()["data"] as? [[String: Any]]
            #expect(edges?.count == 1 && edges?.first?["parent"] as? String == "shop" && edges?.first?["callCount"] as? Int == 1)
            for path in ["/jaeger/api/traces?service=shop&limit=5", "/jaeger/api/traces/4bf92f3577b34da6a3ce929d0e0e4736"] {
                let data = try #require(try await server.get(path).object()["data"] as? [[String: Any]])
                let spans = try #require(data.first?["spans"] as? [[String: Any]])
                #expect(spans.count == 5 && spans.first?["startTime"] as? Int == 1_768_996_800_000_000)
                #expect(spans.first?["duration"] as? Int == 100_000 && spans.first?["operationName"] as? String == "GET /")
            }
        }
    }
}
