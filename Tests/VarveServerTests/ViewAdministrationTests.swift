import Foundation
import Testing
import VarveServer

/// Views made, changed, proved and compared over HTTP.
@Suite(.serialized) struct ViewAdministrationTests {
    private static func definition(_ version: Int, _ measure: String = "sent") -> [UInt8] {
        Array(
            """
            name: tests_sent
            version: \(version)
            signals: [test.sent]
            measures:
              \(measure): count

            """.utf8)
    }

    @Test func `a view is made while the server runs, raised, and removed`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let path = "/api/v1/views/tests_sent"
            let made = try await server.call("PUT", path, [:], Self.definition(1))
            #expect(made.status == 201, "\(made.text)")
            #expect(try await server.call("PUT", path, [:], Self.definition(1)).status == 200)
            #expect(try await server.get(path + "?bucket=all").text.contains("\"sent\":10"))
            #expect(try await server.call("PUT", path, [:], Self.definition(1, "other")).status == 409)
            #expect(try await server.call("PUT", path, [:], Self.definition(2, "other")).status == 200)
            #expect(try await server.get(path + "?bucket=all").text.contains("\"other\":10"))
            #expect(try await server.call("PUT", "/api/v1/views/another", [:], Self.definition(1)).status == 400)
            #expect(try await server.call("PUT", path, [:], Array("name: tests_sent\nmeasure: 1\n".utf8)).status == 400)
            #expect(try await server.call("PUT", "/api/v1/views/volume", [:], Self.definition(1)).status == 400)
            #expect(try await server.call("DELETE", "/api/v1/views/volume").status == 409)
            #expect(try await server.call("PUT", "/api/v1/views/..%2Fx", [:], Self.definition(1)).status == 400)
            #expect(try await server.call("DELETE", path).status == 204)
            #expect(try await server.call("DELETE", path).status == 404)
            #expect(try await server.get(path).status == 404)
        }
    }

    @Test func `a column that holds the last value is a metric of PromQL`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<10))
            let view = "name: sent_state\nversion: 1\nsignals: [test.sent]\nmeasures:\n  sent: count\n  newest: {last: n}\n"
            let path = "/api/v1/views/sent_state"
            // Which views are defined is known for some seconds; who defines one here finds it at once.
            let asked = "/prometheus/api/v1/query?query=sent_state&time=2026-01-21T14:30:00Z"
            #expect(try await server.get(asked).text.contains("\"result\":[]"))
            #expect(try await server.call("PUT", path, [:], Array(view.utf8)).status == 201)
            for (name, value) in [("sent_state_newest", "9"), ("sent_state", "10")] {
                let query = "/prometheus/api/v1/query?query=\(name)&time=2026-01-21T14:30:00Z"
                let answer = try await server.get(query).text
                #expect(answer.contains("\"\(value)\"]"), "\(name): \(answer)")
            }
            #expect(try await server.call("DELETE", path).status == 204)
            #expect(try await server.get(asked).text.contains("\"result\":[]"))
        }
    }

    @Test func `a proof over HTTP is the command's, and windows are compared`() async throws {
        try await ServerInProcess.with { server in
            func line(_ hour: Int, _ signal: String) -> String {
                "{\"time\":\"2026-01-21T\(hour):30:00Z\",\"signal\":\"optimistic_action.\(signal)\",\"component\":\"Pay\"}\n"
            }
            let quiet = (0..<20).map { _ in line(10, "start") }.joined()
            let loud = (0..<20).map { line(14, $0 < 10 ? "rollback" : "start") }.joined()
            #expect(try await server.post(quiet + loud).int("appended") == 40)
            let hash = try await server.get("/api/v1/views/rollback_rate/hash").object()["hash"] as? String
            let proof = try await server.get("/api/v1/views/rollback_rate/prove")
            #expect(proof.status == 200 && hash.map { proof.text.contains($0) } == true, "\(proof.text.prefix(300))")
            let windows = "from=2026-01-21T14:00..2026-01-21T15:00&against=2026-01-21T10:00..2026-01-21T11:00"
            let diff = try await server.get("/api/v1/views/rollback_rate/diff?" + windows)
            #expect(diff.status == 200 && diff.text.contains("\"value\":\"Pay\""), "\(diff.text)")
            #expect(try await server.get("/api/v1/views/rollback_rate/diff?from=yesterday").status == 400)
        }
    }
}
