import Testing
import VarveServer

@Suite(.serialized) struct PrometheusOverHTTPTests {
    /// `up{job="j"} 1` as a request of remote write, in a snappy block of literals only.
    private static func request(_ milliseconds: UInt64, _ name: String = "up") -> [UInt8] {
        func data(_ field: UInt8, _ bytes: [UInt8]) -> [UInt8] { [field << 3 | 2, UInt8(bytes.count)] + bytes }
        func label(_ name: String, _ value: String) -> [UInt8] { data(1, data(1, Array(name.utf8)) + data(2, Array(value.utf8))) }
        var time = milliseconds
        var sample: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10]
        while time >= 0x80 {
            sample.append(UInt8(truncatingIfNeeded: time) | 0x80)
            time >>= 7
        }
        sample.append(UInt8(truncatingIfNeeded: time))
        let message = data(1, label("__name__", name) + label("job", "j") + data(2, sample))
        precondition(message.count <= 60)
        return [UInt8(message.count), UInt8(message.count - 1) << 2] + message
    }

    private static let headers = ["Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"]

    @Test(arguments: ["/api/v1/write", "/prometheus/api/v1/write"])
    func `remote write is taken, and sent again counts nothing twice`(path: String) async throws {
        try await ServerInProcess.with { server in
            for _ in 0..<2 {
                let reply = try await server.call("POST", path, Self.headers, Self.request(1_768_996_800_000))
                #expect(reply.status == 204 && reply.body == [], "\(reply.text)")
            }
            #expect(try await server.get("/api/v1/status").int("durable") == 1)
            let events = try await server.get("/api/v1/events").text
            #expect(events.contains("\"label.job\":\"j\",\"name\":\"up\",\"value\":1.0"), "\(events)")
            let old = try await server.call("POST", path, Self.headers, Self.request(5))
            #expect(old.status == 400 && old.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(try await server.call("POST", path, Self.headers, [1, 2, 3]).status == 400)
            let plain = ["Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"]
            #expect(try await server.call("POST", path, plain, [1]).status == 415)
            let other = ["Content-Type": "application/x-protobuf;proto=other", "Content-Encoding": "snappy"]
            #expect(try await server.call("POST", path, other, [1]).status == 415)
        }
    }

    @Test func `remote write 2 0 says what was written`() async throws {
        try await ServerInProcess.with { server in
            var headers = Self.headers
            headers["Content-Type"] = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
            let symbols: [UInt8] = [0x22, 0, 0x22, 8] + Array("__name__".utf8) + [0x22, 2] + Array("up".utf8)
            let series: [UInt8] =
                [0x0A, 2, 1, 2, 0x12, 16, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10]
                + [0x80, 0x8C, 0xB4, 0x83, 0xBE, 0x33]
            let message = symbols + [0x2A, UInt8(series.count)] + series
            let block = [UInt8(message.count), UInt8(message.count - 1) << 2] + message
            let reply = try await server.call("POST", "/api/v1/write", headers, block)
            #expect(reply.status == 204, "\(reply.text)")
            #expect(reply.headers["x-prometheus-remote-write-samples-written"] == "1")
            #expect(reply.headers["x-prometheus-remote-write-histograms-written"] == "0")
        }
    }

    @Test func `expositions are taken as text of either kind`() async throws {
        try await ServerInProcess.with { server in
            let old = "a{b=\"c\"} 1 1768996800000\nnot a sample\n"
            let first = try await server.call("POST", "/api/v1/import/prometheus", [:], Array(old.utf8))
            #expect(try first.status == 200 && first.int("appended") == 1 && first.int("rejected") == 1, "\(first.text)")
            let new = "# TYPE a gauge\na{b=\"c\"} 2 1768996800.5\n# EOF\n"
            let second = try await server.call("POST", "/api/v1/import/prometheus", [:], Array(new.utf8))
            #expect(try second.status == 200 && second.int("appended") == 1 && second.int("rejected") == 0, "\(second.text)")
            let type = ["Content-Type": "application/openmetrics-text; version=1.0.0"]
            let wrong = try await server.call("POST", "/api/v1/import/prometheus", type, Array("a 1\n".utf8))
            #expect(wrong.status == 400)
            let events = try await server.get("/api/v1/events").text
            #expect(events.contains("\"time\":\"2026-01-21T12:00:00.5Z\""), "\(events)")
        }
    }

    @Test func `a push has the labels of its path`() async throws {
        try await ServerInProcess.with { server in
            let text = Array("a{job=\"own\",x=\"y\"} 1\n".utf8)
            #expect(try await server.call("PUT", "/metrics/job@base64/YmF0Y2gvMQ==/path@base64/YS9i", [:], text).status == 200)
            #expect(try await server.call("POST", "/metrics/job/j", [:], text).status == 200)
            #expect(try await server.call("DELETE", "/metrics/job/j").status == 202)
            #expect(try await server.call("PUT", "/metrics/job/j/odd", [:], text).status == 400)
            #expect(try await server.call("PUT", "/metrics/job/j/9/x", [:], text).status == 400)
            let events = try await server.get("/api/v1/events").text.split(separator: "\n")
            #expect(events.count == 2 && events[0].contains("\"label.job\":\"batch/1\",\"label.path\":\"a/b\",\"label.x\":\"y\""))
            #expect(events[1].contains("\"label.job\":\"j\",\"label.x\":\"y\""), "\(events)")
        }
    }
}
