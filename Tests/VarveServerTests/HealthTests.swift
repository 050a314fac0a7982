import Foundation
import Testing
import VarveServer

@Suite(.serialized) struct HealthTests {
    @Test func `health is told in the documents' shape, and to no cache`() async throws {
        try await ServerInProcess.with { server in
            let reply = try await server.get("/health")
            #expect(reply.status == 200 && reply.headers["content-type"] == "application/json")
            #expect(reply.headers["cache-control"] == "no-cache, no-store, must-revalidate")
            let health = try reply.object()
            #expect(health["status"] as? String == "healthy" && health["version"] as? String == "test")
            #expect((health["timestamp"] as? String)?.hasSuffix("Z") == true)
            let services = try #require(health["services"] as? [[String: Any]])
            #expect(Set(services.compactMap { $0["service"] as? String }) == ["server", "log", "feed"])
            #expect(services.allSatisfy { $0["status"] as? String == "healthy" && $0["details"] is String })
            #expect(try await server.get("/livez").text == "ok\n")
            let verbose = try await server.get("/readyz?verbose")
            #expect(verbose.status == 200 && verbose.text.contains("[+]log ready\n"))
        }
    }

    @Test func `what is measured is text that Prometheus reads, and its sums are right`() async throws {
        try await ServerInProcess.with { server in
            _ = try await server.post(lines(0..<7) + "nonsense\n")
            let reply = try await server.get("/metrics")
            #expect(reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(reply.text.hasSuffix("\n"))
            var typed: Set<String> = []
            for line in reply.text.split(separator: "\n") {
                if line.hasPrefix("# TYPE ") {
                    let name = String(line.split(separator: " ")[2])
                    #expect(typed.insert(name).inserted, "\(name) is there twice")
                } else if !line.hasPrefix("#") {
                    let sample = #/[a-z_][a-z0-9_]*(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [0-9.e+-]+/#
                    #expect(line.wholeMatch(of: sample) != nil, "\(line)")
                    let name = line.prefix { $0 != "{" && $0 != " " }.replacing(#/_(bucket|sum|count)$/#, with: "")
                    #expect(typed.contains(String(name)), "\(line) has no TYPE before it")
                }
            }
            #expect(reply.text.contains("varve_log_durable_offset 7\n"))
            #expect(reply.text.contains("varve_build_info{version=\"test\"} 1\n"))
        }
    }
}
