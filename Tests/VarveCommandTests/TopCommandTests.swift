import Foundation
import Testing

struct TopCommandTests {
    @Test func `top says once what the log, the metrics and the alerts are`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let lines = (0..<60).map { index in
            let time = 1_767_225_600_000 + index * 30_000
            return #"{"time":\#(time),"signal":"http.request","data":{"path":"/","status":\#(index % 2 == 0 ? 500 : 200),"#
                + #""duration_ms":\#(index)}}"#
        }
        #expect(try BuiltCommand.run("ingest", "--data", data, input: lines.joined(separator: "\n")).code == 0)
        let top = try BuiltCommand.run("top", "--data", data, "--json").lastObject()
        #expect(top["offset"] as? Int == 60 && top["rules"] as? Int == 0 && (top["alerts"] as? [Any])?.isEmpty == true)
        #expect(top["newest"] as? String == "2026-01-01T00:29:00Z" && top["events_per_second"] as? Double == 60.0 / 3_600)
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        let metrics = try #require(top["metrics"] as? [[String: Any]])
        let shown = try BuiltCommand.run(
            "view", "show", "requests", "--data", data, "--bucket", "all", "--by", "none", "--json")
        for column in ["error_rate", "p95_ms"] {
            let metric = try #require(metrics.first { $0["view"] as? String == "requests" && $0["column"] as? String == column })
            let rows = try JSONSerialization.jsonObject(with: Data(shown.out.utf8)) as? [[String: Any]]
            #expect(metric["value"] as? Double == rows?.first?[column] as? Double, "\(column)")
        }
        #expect(metrics.first?["state"] as? String == "alert")
        #expect(try BuiltCommand.run("top", "--data", data, "--once").out.contains("■ critical"))
        #expect(try BuiltCommand.run("alert", "enable", "queue_backlog", "--data", data).code == 0)
        let text = try BuiltCommand.run("top", "--data", data, "--once")
        #expect(text.code == 0 && text.out.contains("alerts     none open, 1 rules on"))
        #expect(try BuiltCommand.run("top", "--data", data, "--interval", "0").code == 64)
        #expect(try BuiltCommand.run("top", "--data", folder.path("none"), "--once").code != 0)
    }
}
