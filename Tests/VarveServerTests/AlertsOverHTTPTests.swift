import Foundation
import Testing
import VarveTestSupport

/// Rules of a served directory: from events to an alert, over a kill, and back out of the log.
@Suite(.serialized) struct AlertsOverHTTPTests {
    private static let rules = """
        - {id: errors, condition: error_rate > 0.5, severity: critical, channels: [console], keep_firing_for: 1h,
           no_data: resolve}
        """

    private struct NoRows: Error {}

    private func rows(_ server: RunningServer, _ path: String) throws -> [[String: Any]] {
        let reply = try call(server, "GET", path)
        // A server that has not read its rules yet answers 503, which is for who waits to see.
        guard let rows = try JSONSerialization.jsonObject(with: Data(reply.body)) as? [[String: Any]] else { throw NoRows() }
        return rows
    }

    private func call(_ server: RunningServer, _ method: String, _ path: String, _ body: String = "") throws -> Reply {
        let connection = try RawConnection(port: server.port, timeoutSeconds: 20)
        try connection.request(method, path, ["Content-Type": "application/json"], Array(body.utf8))
        return try connection.reply()
    }

    private func requests(_ status: Int) -> String {
        (0..<20).map { _ in
            let time = Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))
            return #"{"signal":"http.request","time":"\#(time)Z","data":{"path":"/","status":\#(status),"duration_ms":1}}"# + "\n"
        }.joined()
    }

    /// Asks until the alert is in `state`, at most 75 s; a minute has to end.
    private func wait(_ server: RunningServer, for state: String) throws -> [String: Any]? {
        for _ in 0..<375 {
            if let row = try? rows(server, "/api/v1/alerts").first(where: { $0["state"] as? String == state }) { return row }
            usleep(200_000)
        }
        return nil
    }

    @Test func `an alert is there within a minute, once, and over a kill`() async throws {
        try await onThread {
            let folder = ServedFolder()
            try FileManager.default.createDirectory(atPath: folder.path + "/rules", withIntermediateDirectories: true)
            try Self.rules.write(toFile: folder.path + "/rules/own.yaml", atomically: true, encoding: .utf8)
            var server = try RunningServer(folder.path)
            try blockUntil { try call(server, "GET", "/api/v1/rules").status == 200 }
            #expect(try rows(server, "/api/v1/rules").contains { $0["id"] as? String == "high_error_rate" })
            #expect(try wait(server, for: "inactive")?["rule"] as? String == "errors")
            #expect(try call(server, "POST", "/api/v1/events", requests(500)).status == 200)
            let alert = try #require(try wait(server, for: "firing"))
            #expect(
                alert["value"] as? Double == 1 && alert["threshold"] as? Double == 0.5
                    && alert["severity"] as? String == "critical")
            let id = try #require(alert["id"] as? String)
            server.kill()
            server = try RunningServer(folder.path)
            #expect(try wait(server, for: "firing")?["id"] as? String == id)
            let said = try RunningServer.run("cat", "--data", folder.path, "--signal", "alert.triggered").out
            #expect(said.split(separator: "\n").count == 1, "\(said)")
            let explained = try RunningServer.run("alert", "explain", id, "--data", folder.path, "--json")
            #expect(explained.code == 0 && explained.out.contains("\"result\":\"match\""), "\(explained.out)")
            #expect(
                try call(server, "POST", "/api/v1/silences", #"{"matchers":["rule=errors"],"for":"1h","by":"ann"}"#).status
                    == 200)
            #expect(try wait(server, for: "muted")?["id"] as? String == id)
            #expect(try rows(server, "/api/v1/silences").count == 1)
            #expect(try call(server, "POST", "/api/v1/alerts/\(id)/ack", #"{"by":"ann"}"#).status == 200)
            #expect(try call(server, "POST", "/api/v1/alerts/\(id)/resolve", "").status == 200)
            #expect(try wait(server, for: "inactive") != nil)
            #expect(try call(server, "POST", "/api/v1/alerts/none/ack", "").status == 404)
            #expect(try call(server, "POST", "/api/v1/silences", #"{"matchers":["rule=errors"]}"#).status == 400)
            // A command beside the server.
            #expect(try RunningServer.run("alert", "enable", "queue_backlog", "--data", folder.path).code == 0)
            try blockUntil { try rows(server, "/api/v1/alerts").count >= 2 }
            #expect(try rows(server, "/api/v1/alerts").contains { $0["rule"] as? String == "queue_backlog" })
            #expect(server.stop() == 0)
            let system = try RunningServer.run("cat", "--data", folder.path + "/system", "--signal", "notification.*").out
            #expect(system.contains("notification.delivered"), "\(system)")
        }
    }
}
