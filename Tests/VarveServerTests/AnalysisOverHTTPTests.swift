import Foundation
import Testing
import VarveServer
import VarveTestSupport

@Suite(.serialized) struct AnalysisOverHTTPTests {
    @Test func `analyses and reports answer over HTTP as they do on the command line`() async throws {
        let folder = ServedFolder()
        let data = try await folder.withTraffic("--events", "20000", "--days", "10")
        let server = try await ServerInProcess.start(at: data)
        for (address, command) in [
            ("analyze/anomalies?view=volume&column=events", ["analyze", "anomalies", "volume", "--column", "events"]),
            (
                "analyze/forecast?view=volume&column=events&horizon=3",
                ["analyze", "forecast", "volume", "--column", "events", "--horizon", "3"]
            ),
            ("analyze/errors", ["analyze", "errors"]), ("analyze/clusters?groups=2", ["analyze", "clusters", "--groups", "2"]),
            (
                "analyze/costs?price=retry.failure%3D2&by=api_endpoint",
                ["analyze", "costs", "--price", "retry.failure=2", "--by", "api_endpoint"]
            ),
            ("reports/incident", ["report", "incident"]),
        ] {
            let reply = try await server.get("/api/v1/\(address)")
            let printed = try await onThread { try RunningServer.run(command + ["--data", data, "--json"]).out }
            #expect(reply.status == 200 && reply.text == printed, "\(address): \(reply.text.prefix(200))")
        }
        let page = try await server.get("/api/v1/reports/daily?format=html")
        #expect(page.headers["content-type"] == "text/html; charset=utf-8" && page.text.hasPrefix("<!doctype html>"))
        for (address, status) in [
            ("analyze/nothing", 404), ("reports/nothing", 404), ("analyze/anomalies", 400), ("analyze/errors?steps=a", 400),
            ("analyze/forecast?view=volume&column=events&horizon=0", 400), ("reports/daily?format=pdf", 400),
            ("analyze/anomalies?view=nothing&column=events", 400),
            ("analyze/compare?view=volume&column=events&by=signal&group=a,b", 400),
        ] { #expect(try await server.get("/api/v1/\(address)").status == status, "\(address)") }
        await server.stop()
    }
}
