import Foundation
import Testing
import VarveServer

@Suite(.serialized) struct ProfileTests {
    private static let html = ["Accept": "text/html"]

    @Test func `the chatbot's profile hides what its plan removed, and nothing else`() async throws {
        try await ServerInProcess.with({ $0.profile = .chatbot }) { server in
            _ = try await server.post(lines(0..<20))
            for path in [
                "/api/v1/alerts", "/api/v1/rules", "//api/v1/rules", "/api/v1/silences", "/api/v1/reports/day",
                "/api/monitoring/alerts", "/api/dashboard/business", "/api/flashfusion/getMetrics",
                "/prometheus/api/v1/rules", "/api/v1/analyze/forecast",
            ] {
                #expect(try await server.get(path).status == 404, "\(path)")
            }
            for page in ["/alerts", "/alerts/rules", "/errors", "/business"] {
                let reply = try await server.get(page, Self.html)
                #expect(reply.status == 404 && reply.headers["content-type"] == "text/html; charset=utf-8", "\(page)")
            }
            for path in ["/", "/monitoring", "/analytics", "/users", "/incidents"] {
                let reply = try await server.get(path, Self.html)
                #expect(reply.status == 200 && !reply.text.contains("href=\"/alerts") && !reply.text.contains("href=\"/business"))
            }
            for path in ["/debug/metrics", "/api/monitoring/dashboard", "/api/v1/views"] {
                #expect(try await server.get(path).status == 200, "\(path)")
            }
            let paths = try #require(try await server.get("/openapi.json").object()["paths"] as? [String: Any])
            #expect(paths["/api/v1/rules"] == nil && paths["/alerts"] == nil && paths["/api/v1/views"] != nil)
        }
    }

    @Test func `paths of the settings are hidden beside the profile's`() async throws {
        try await ServerInProcess.with({ $0.hiddenPaths = ["/traces", "/api/v1/traces"] }) { server in
            _ = try await server.post(lines(0..<20))
            #expect(try await server.get("/traces", Self.html).status == 404)
            #expect(try await server.get("/api/v1/traces").status == 404)
            #expect(try await server.get("/api/v1/rules").status != 404)
            #expect(!(try await server.get("/", Self.html)).text.contains("href=\"/traces"))
        }
    }
}
