import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Events and views sent on: to another server of ours, which knows all three protocols, and to files.
@Suite(.serialized) struct ForwardTests {
    /// Runs `varve forward` and gives its result, printed with --json.
    private static func forward(_ data: String, _ arguments: [String]) throws -> (code: Int32, result: [String: Any]) {
        let (code, out) = try RunningServer.run(["forward", "--data", data, "--json"] + arguments)
        let line = Data(out.split(separator: "\n").last.map(String.init)?.utf8 ?? "{}".utf8)
        return (code, try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:])
    }

    /// A log with spans, logs and samples in it.
    private static func fill(_ server: ServerInProcess) async throws {
        _ = try await server.post(lines(0..<10))
        let samples = "requests_total{job=\"a b\",path=\"/x\"} 7 1768996800000\nload 0.5 1768996800000\n"
        let headers = ["Content-Type": "text/plain"]
        _ = try await server.call("POST", "/api/v1/import/prometheus", headers, Array(samples.utf8))
        let spans = """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},\
            "scopeSpans":[{"spans":[{"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","spanId":"0000000000000001","name":"GET /",\
            "kind":2,"startTimeUnixNano":"1768996800000000000","endTimeUnixNano":"1768996800100000000",\
            "attributes":[{"key":"n","value":{"intValue":"5"}}],"status":{"code":2}}]}]}]}
            """
        _ = try await server.call("POST", "/v1/traces", ["Content-Type": "application/json"], Array(spans.utf8))
    }

    @Test func `events go to another server as they are, once, and from where it ended`() async throws {
        try await ServerInProcess.with { source in
            try await Self.fill(source)
            try await ServerInProcess.with { target in
                let url = "http://127.0.0.1:\(target.port)/api/v1/events"
                let (code, first) = try Self.forward(source.folder, ["--to", url, "--name", "copy"])
                #expect(code == 0 && first["records"] as? Int == 13 && first["requests"] as? Int == 1, "\(first)")
                func events(_ server: ServerInProcess) async throws -> [String] {
                    try await server.get("/api/v1/events?limit=100").text.split(separator: "\n").map { line in
                        String(line[(line.range(of: "\"time\"")?.lowerBound ?? line.startIndex)...])
                    }
                }
                #expect(try await events(target) == events(source))
                _ = try await source.post(lines(10..<12))
                let second = try Self.forward(source.folder, ["--to", url, "--name", "copy"])
                #expect(second.result["records"] as? Int == 15 && second.result["offset"] as? Int == 15, "\(second)")
                #expect(try await target.get("/api/v1/status").int("durable") == 15)
                // A range that was begun, and of which the answer was lost, is sent under its own key.
                let file = source.folder + "/forward/copy.json"
                let text = try String(contentsOfFile: file, encoding: .utf8)
                try text.replacing("\"offset\":15", with: "\"offset\":13").replacing(
                    "\"pending_offset\":null", with: "\"pending_offset\":15"
                ).write(toFile: file, atomically: true, encoding: .utf8)
                _ = try await source.post(lines(12..<13))
                let third = try Self.forward(source.folder, ["--to", url, "--name", "copy"])
                #expect(third.code == 0 && third.result["offset"] as? Int == 16, "\(third)")
                #expect(try await target.get("/api/v1/status").int("durable") == 16)
                let attempts = try String(contentsOfFile: source.folder + "/forward/copy.attempts", encoding: .utf8)
                #expect(attempts.split(separator: "\n").count == 4 && attempts.contains("\"outcome\":\"delivered\""))
            }
        }
    }

    @Test func `samples go by remote write, spans and logs by OTLP`() async throws {
        try await ServerInProcess.with { source in
            try await Self.fill(source)
            try await ServerInProcess.with { target in
                let base = "http://127.0.0.1:\(target.port)"
                let written = try Self.forward(
                    source.folder, ["--to", base + "/api/v1/write", "--format", "remote_write", "--name", "rw"])
                #expect(written.code == 0 && written.result["records"] as? Int == 2, "\(written)")
                #expect(written.result["left_out"] as? Int == 11, "\(written)")
                let samples = try await target.get("/api/v1/events?signal=prometheus.sample").text
                #expect(samples.contains("\"label.job\":\"a b\",\"label.path\":\"/x\",\"name\":\"requests_total\",\"value\":7.0"))
                #expect(samples.contains("\"name\":\"load\",\"value\":0.5"), "\(samples)")
                let told = try Self.forward(source.folder, ["--to", base, "--format", "otlp", "--name", "otlp"])
                #expect(told.code == 0 && told.result["records"] as? Int == 13 && told.result["requests"] as? Int == 2, "\(told)")
                let trace = try await target.get("/api/v1/traces/4bf92f3577b34da6a3ce929d0e0e4736").object()
                #expect(trace["duration_ms"] as? Double == 100 && trace["services"] as? [String] == ["shop"], "\(trace)")
                let logs = try await target.get("/api/v1/events?signal=otel.log&limit=100").text
                #expect(logs.split(separator: "\n").count == 12 && logs.contains("test.sent"), "\(logs)")
            }
        }
    }

    @Test func `rows of a view go once their bucket is over, as samples and as lines`() async throws {
        try await ServerInProcess.with { source in
            try await Self.fill(source)
            try await ServerInProcess.with { target in
                let url = "http://127.0.0.1:\(target.port)/api/v1/write"
                let sent = try Self.forward(
                    source.folder, ["--to", url, "--format", "remote_write", "--view", "volume", "--name", "view"])
                #expect(sent.code == 0 && (sent.result["records"] as? Int ?? 0) > 0, "\(sent)")
                let samples = try await target.get("/api/v1/events?signal=prometheus.sample&limit=100").text
                #expect(samples.contains("\"name\":\"volume") && samples.contains("\"label.signal\":\"test.sent\""), "\(samples)")
                #expect(samples.contains("\"value\":10.0"), "\(samples)")
                let again = try Self.forward(
                    source.folder, ["--to", url, "--format", "remote_write", "--view", "volume", "--name", "view"])
                #expect(again.result["records"] as? Int == sent.result["records"] as? Int, "\(again)")
            }
            let file = source.folder + "/rows.ndjson"
            let told = try Self.forward(source.folder, ["--to", "file:" + file, "--view", "volume", "--name", "file"])
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(told.code == 0 && text.contains("{\"view\":\"volume\",\"bucket\":\"hour\","), "\(text)")
        }
    }

    @Test func `a receiver that is not there keeps everything, and one that refuses is told apart`() async throws {
        try await ServerInProcess.with { source in
            _ = try await source.post(lines(0..<3))
            let gone = try Self.forward(
                source.folder, ["--to", "http://127.0.0.1:9/x", "--name", "gone", "--attempts", "1"])
            #expect(gone.code == 69 && gone.result["offset"] as? Int == 0, "\(gone)")
            try await ServerInProcess.with { target in
                let missing = "http://127.0.0.1:\(target.port)/nowhere"
                #expect(try Self.forward(source.folder, ["--to", missing, "--name", "gone"]).code == 78)
                let bad = "http://127.0.0.1:\(target.port)/api/v1/write"
                let refused = try Self.forward(source.folder, ["--to", bad, "--name", "gone", "--header", "Content-Type: x/y"])
                #expect(refused.code == 78 || refused.result["refused"] as? Int == 1, "\(refused)")
            }
            #expect(try Self.forward(source.folder, ["--to", "http://169.254.169.254/x", "--name", "m"]).code == 78)
            #expect(try Self.forward(source.folder, ["--to", "ftp://x", "--name", "m"]).code == 64)
        }
    }

    @Test func `a server forwards by itself, from its settings`() async throws {
        let folder = ServedFolder()
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        #expect(try RunningServer.run("init", "--data", folder.path + "/source").code == 0)
        let file = folder.path + "/out.ndjson"
        let yaml = "forward:\n  - {name: out, to: 'file:\(file)', format: ndjson, signals: ['test.*']}\n"
        try Data(yaml.utf8).write(to: URL(filePath: folder.path + "/source/varve.yaml"))
        let server = try RunningServer(folder.path + "/source")
        let reply = try insist(
            "/api/v1/events", [:], Array(lines(0..<5).utf8), port: { server.port }, until: .now + .seconds(30))
        #expect(reply.status == 200)
        var text = ""
        blockUntil {
            text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
            return text.split(separator: "\n").count >= 5
        }
        #expect(text.split(separator: "\n").count == 5, "\(text)")
        #expect(server.stop() == 0)
    }
}
