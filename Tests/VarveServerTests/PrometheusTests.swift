import Foundation
import Testing
import VarveServer

/// Prometheus' query interface over samples and views.
@Suite(.serialized) struct PrometheusTests {
    static let start = 1_769_004_000

    /// A sample as an event.
    private static func sample(
        _ name: String, _ seconds: Int, _ value: String?, _ labels: [String: String] = [:], isStale: Bool = false
    ) -> String {
        var data = ["\"name\":\"\(name)\""]
        if let value { data.append("\"value\":\(value)") }
        if isStale { data.append("\"stale\":true") }
        for (label, text) in labels.sorted(by: { $0.key < $1.key }) { data.append("\"label.\(label)\":\"\(text)\"") }
        return "{\"time\":\(seconds * 1000),\"signal\":\"prometheus.sample\",\"data\":{\(data.joined(separator: ","))}}\n"
    }

    private static func traffic() -> String {
        var text = ""
        for step in 0..<40 {
            let moment = start + step * 15
            text += sample("requests_total", moment, "\(step * 30)", ["job": "api", "code": "200"])
            text += sample("requests_total", moment, "\(step).5", ["job": "api", "code": "500"])
            text += sample("up", moment, step == 39 ? nil : "1", ["job": "api"], isStale: step == 39)
        }
        text += sample("odd", start, "\"NaN\"") + sample("odd", start + 15, "\"+Inf\"")
        // Late, and once more: the first of a moment counts.
        text += sample("late", start + 30, "3") + sample("late", start, "1") + sample("late", start, "2")
        text +=
            "{\"time\":\(start * 1000),\"signal\":\"otel.metric\",\"component\":\"shop\",\"data\":{\"name\":\"http.server.load\","
            + "\"value\":7,\"http.route\":\"/a\",\"service.instance.id\":\"i1\",\"kind\":\"gauge\"}}\n"
        text +=
            "{\"time\":\(start * 1000),\"signal\":\"otel.metric\",\"component\":\"shop\",\"data\":{\"name\":\"wait\","
            + "\"count\":6,\"sum\":4.5,\"bounds\":[0.5,1],\"buckets\":[1,2,3],\"kind\":\"histogram\"}}\n"
        return text
    }

    private static func with(_ body: (ServerInProcess) async throws -> Void) async throws {
        try await ServerInProcess.with { server in
            let reply = try await server.post(traffic())
            #expect(reply.status == 200, "\(reply.text)")
            try await body(server)
        }
    }

    private static func ask(_ server: ServerInProcess, _ query: String, _ rest: String) async throws -> String {
        let path = "/prometheus/api/v1/query?query=\(encoded(query))&time=\(rest)"
        return try await server.get(path).text
    }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    private static func result(_ type: String, _ result: String) -> String {
        "{\"status\":\"success\",\"data\":{\"resultType\":\"\(type)\",\"result\":\(result)}}"
    }

    @Test func `queries answer as Prometheus writes it`() async throws {
        try await Self.with { server in
            let now = Self.start + 300
            for (query, type, expected) in [
                ("1+1", "scalar", "[\(now),\"2\"]"), ("\"a\\n\"", "string", "[\(now),\"a\\n\"]"),
                (
                    "sum by (job) (rate(requests_total[1m]))", "vector",
                    "[{\"metric\":{\"job\":\"api\"},\"value\":[\(now),\"2.066666666666667\"]}]"
                ),
                ("up", "vector", "[{\"metric\":{\"__name__\":\"up\",\"job\":\"api\"},\"value\":[\(now),\"1\"]}]"),
                (
                    "late[10m]", "matrix",
                    "[{\"metric\":{\"__name__\":\"late\"},\"values\":[[\(Self.start),\"1\"],[\(Self.start + 30),\"3\"]]}]"
                ),
                (
                    "odd[10m]", "matrix",
                    "[{\"metric\":{\"__name__\":\"odd\"},\"values\":[[\(Self.start),\"NaN\"],[\(Self.start + 15),\"+Inf\"]]}]"
                ),
                (
                    "http_server_load", "vector",
                    "[{\"metric\":{\"__name__\":\"http_server_load\",\"http_route\":\"/a\",\"instance\":\"i1\",\"job\":\"shop\"},"
                        + "\"value\":[\(now),\"7\"]}]"
                ),
                (
                    "wait_bucket{le=\"1\"}", "vector",
                    "[{\"metric\":{\"__name__\":\"wait_bucket\",\"job\":\"shop\",\"le\":\"1\"},\"value\":[\(now),\"3\"]}]"
                ),
                ("histogram_quantile(0.5, wait_bucket)", "vector", "[{\"metric\":{\"job\":\"shop\"},\"value\":[\(now),\"1\"]}]"),
                ("wait_sum / wait_count", "vector", "[{\"metric\":{\"job\":\"shop\"},\"value\":[\(now),\"0.75\"]}]"),
            ] {
                let answer = try await Self.ask(server, query, "\(now)")
                #expect(answer == Self.result(type, expected), "\(query)")
            }
            // The staleness marker ended it.
            let ended = try await Self.ask(server, "up", "\(Self.start + 585)")
            #expect(ended == Self.result("vector", "[]"))
        }
    }

    @Test func `a range is asked by GET and by form, with times of both kinds`() async throws {
        try await Self.with { server in
            let range = "start=\(Self.start)&end=\(Self.start + 30).5&step=15"
            let expected = Self.result(
                "matrix",
                "[{\"metric\":{\"__name__\":\"requests_total\",\"code\":\"500\",\"job\":\"api\"},"
                    + "\"values\":[[\(Self.start),\"0.5\"],"
                    + "[\(Self.start + 15),\"1.5\"],[\(Self.start + 30),\"2.5\"]]}]")
            let query = "query=" + Self.encoded("requests_total{code=\"500\"}")
            let path = "/prometheus/api/v1/query_range"
            let form = ["Content-Type": "application/x-www-form-urlencoded"]
            func expect(_ reply: Reply) { #expect(reply.text == expected) }
            expect(try await server.get("\(path)?\(query)&\(range)"))
            expect(try await server.call("POST", path, form, Array("\(query)&\(range)".utf8)))
            // All in the query, and a body that says nothing.
            let json = ["Content-Type": "application/json"]
            expect(try await server.call("POST", "\(path)?\(query)&\(range)", json))
            let texts = "start=2026-01-21T14:00:00Z&end=2026-01-21T14:00:30Z&step=15s"
            expect(try await server.get("\(path)?\(query)&\(texts)"))
        }
    }

    @Test func `refusals are Prometheus' own`() async throws {
        try await Self.with { server in
            for (path, status, kind, sentence) in [
                ("query?query=1%2B", 400, "bad_data", "invalid parameter \"query\": 1:3: parse error: unexpected end of input"),
                ("query_range?query=x%5B5m&start=0&end=1&step=1", 400, "bad_data", "1:5: parse error: unclosed left bracket"),
                ("query?query=1&time=x", 400, "bad_data", "invalid parameter \"time\": cannot parse \"x\" to a valid timestamp"),
                (
                    "query_range?query=1&start=2&end=1&step=1", 400, "bad_data",
                    "invalid parameter \"end\": end timestamp must not be before start time"
                ),
                (
                    "query_range?query=1&start=0&end=1e6&step=1", 400, "bad_data",
                    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
                ),
                (
                    "query?query=histogram_sum(x)", 400, "bad_data",
                    "invalid parameter \"query\": 1:1: parse error: function \"histogram_sum\" is not supported: "
                        + "native histograms are not supported"
                ),
                ("query?query=up&timeout=0.0001&time=\(Self.start)", 503, "timeout", "query timed out in expression evaluation"),
                ("series", 400, "bad_data", "no match[] parameter provided"),
                ("series?match[]=%7Ba%3D~%22.*%22%7D", 400, "bad_data", "match[] must contain at least one non-empty matcher"),
                ("label/0/values", 400, "bad_data", "invalid label name: \"0\""),
            ] {
                let reply = try await server.get("/prometheus/api/v1/\(path)")
                let object = try reply.object()
                #expect(reply.status == status && object["status"] as? String == "error", "\(path): \(reply.text)")
                #expect(
                    object["errorType"] as? String == kind && object["error"] as? String == sentence, "\(path): \(reply.text)")
            }
        }
    }

    @Test func `names, values and series are those of the range`() async throws {
        try await Self.with { server in
            func data(_ path: String) async throws -> [String] {
                try await server.get("/prometheus/api/v1/\(path)").object()["data"] as? [String] ?? []
            }
            let names = try await data("label/__name__/values")
            #expect(
                Set(["late", "odd", "requests_total", "up", "wait_bucket", "rollback_rate", "latency_p95_ms"]).isSubset(of: names)
            )
            #expect(try await data("label/code/values") == ["200", "500"])
            #expect(try await data("label/code/values?match[]=up") == [])
            #expect(try await data("label/code/values?start=1&end=2") == [])
            #expect(try await data("labels?match[]=requests_total") == ["__name__", "code", "job"])
            let labels = try await data("labels")
            #expect(Set(["bucket", "component", "code"]).isSubset(of: labels))
            let series = try await server.get("/prometheus/api/v1/series?match[]=up&match[]=odd&match[]=up").text
            #expect(
                series == "{\"status\":\"success\",\"data\":[{\"__name__\":\"odd\"},{\"__name__\":\"up\",\"job\":\"api\"}]}")
            let metadata = try await server.get("/prometheus/api/v1/metadata?metric=rollback_rate").text
            #expect(metadata.contains("\"help\":\"rollbacks / started\""))
            let build = try await server.get("/prometheus/api/v1/status/buildinfo").object()["data"] as? [String: String]
            #expect(build?["version"] == "2.42.0" && build?["features"] == nil)
        }
    }

    @Test func `what is appended later is seen at once`() async throws {
        try await Self.with { server in
            for value in 1...3 {
                _ = try await server.post(Self.sample("grows", Self.start + value, "\(value)"))
                let answer = try await Self.ask(server, "count_over_time(grows[1m])", "\(Self.start + 30)")
                #expect(answer == Self.result("vector", "[{\"metric\":{},\"value\":[\(Self.start + 30),\"\(value)\"]}]"))
            }
        }
    }

    @Test func `columns of views are metrics, a sample for each bucket`() async throws {
        try await ServerInProcess.with { server in
            var text = ""
            for (signal, count) in [("optimistic_action.start", 8), ("optimistic_action.rollback", 2)] {
                for index in 0..<count {
                    text +=
                        "{\"time\":\(Self.start * 1000 + index),\"signal\":\"\(signal)\",\"component\":\"cart\",\"data\":{}}\n"
                }
            }
            let reply = try await server.post(text)
            #expect(reply.status == 200, "\(reply.text)")
            // 14:00 begins the hour; the value holds until the next one does.
            for (moment, expected) in [
                (Self.start - 1, nil), (Self.start, "0.25"), (Self.start + 3599, "0.25"), (Self.start + 3600, nil),
            ] {
                let labels = "{\"__name__\":\"rollback_rate\",\"bucket\":\"hour\",\"component\":\"cart\"}"
                let samples = expected.map { "[{\"metric\":\(labels),\"value\":[\(moment),\"\($0)\"]}]" } ?? "[]"
                let answer = try await Self.ask(server, "rollback_rate{component=\"cart\"}", "\(moment)")
                #expect(answer == Self.result("vector", samples))
            }
            let sum = try await Self.ask(server, "sum(rollback_rate_started{bucket=\"day\"})", "\(Self.start + 7200)")
            #expect(sum == Self.result("vector", "[{\"metric\":{},\"value\":[\(Self.start + 7200),\"8\"]}]"))
            #expect(try await Self.ask(server, "rollback_rate{component=\"x\"}", "\(Self.start)") == Self.result("vector", "[]"))
        }
    }
}
