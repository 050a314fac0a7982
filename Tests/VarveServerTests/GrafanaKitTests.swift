import Foundation
import Testing
import VarveServer
import VarveTestSupport

/// Every panel of the dashboards under `docs/grafana` has something to show.
@Suite(.serialized) struct GrafanaKitTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/grafana/dashboards")

    /// Title of a panel, and its query.
    private static func panels() throws -> [(title: String, query: String)] {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        return try files.filter { $0.pathExtension == "json" }.flatMap { file in
            let dashboard = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
            let panels = try #require(dashboard?["panels"] as? [[String: Any]])
            return panels.flatMap { panel in
                (panel["targets"] as? [[String: Any]] ?? []).map { target in
                    ("\(file.lastPathComponent): \(panel["title"] ?? "")", target["expr"] as? String ?? "")
                }
            }
        }
    }

    @Test func `every panel's query has an answer on traffic of all systems`() async throws {
        let panels = try Self.panels()
        #expect(panels.count >= 30)
        let made = try await onThread {
            try RunningServer.run("generate", "--events", "60000", "--days", "7", "--system", "all").out
        }
        try await ServerInProcess.with { server in
            let sent = try await server.post(made)
            #expect(sent.status == 200)
            for (title, query) in panels {
                let text = query.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
                let range = "start=2026-01-01T00:00:00Z&end=2026-01-08T00:00:00Z&step=3600"
                let reply = try await server.get("/prometheus/api/v1/query_range?query=\(text)&\(range)")
                let data = try reply.object()["data"] as? [String: Any]
                let series = data?["result"] as? [Any] ?? []
                #expect(reply.status == 200 && !series.isEmpty, "\(title): \(query): \(reply.text.prefix(300))")
            }
        }
    }
}
