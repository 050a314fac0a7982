import Foundation
import Testing

private let event =
    #"{"time":"2026-01-31T10:00:00Z","signal":"retry.success","component":"Cart","data":{"duration_ms":12.5}}"# + "\n"

private let ownView = """
    name: slow_parts
    signals: ["retry.*"]
    dimensions: [component]
    measures: {events: count, worst_ms: {max: duration_ms}}
    """

struct ProjectTests {
    @Test func `status says where a projector is and how far behind, and ls and forget know it by name`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: event + event)
        #expect(try BuiltCommand.run("project", "status", "--data", data, "--json").rows().isEmpty)
        #expect(try BuiltCommand.run("project", "--data", data, "--name", "night", "--views", "volume").code == 0)
        try BuiltCommand.run("ingest", "--data", data, input: event)
        let result = try BuiltCommand.run("project", "status", "--data", data, "--json")
        let status = try #require(result.rows().first, "\(result.err)")
        #expect(
            Set(status.keys) == [
                "name", "state", "version", "offset", "durable", "lag_events", "lag_seconds", "events_per_second", "eta_seconds",
                "seconds_until_unread_data_is_deleted", "gaps", "gap_events", "parked", "paused_at", "frozen", "poison",
            ])
        #expect(status["name"] as? String == "night")
        #expect(status["state"] as? String == "stopped")
        #expect(status["offset"] as? Int == 2)
        #expect(status["durable"] as? Int == 3)
        #expect(status["lag_events"] as? Int == 1)
        #expect(status["lag_seconds"] as? Double ?? 0 > 0)
        #expect(status["seconds_until_unread_data_is_deleted"] as? Double ?? 0 > 36 * 86_400)
        #expect(status["gaps"] as? Int == 0)
        #expect(status["paused_at"] is NSNull)
        let listed = try #require(try BuiltCommand.run("project", "ls", "--data", data, "--json").rows().first)
        #expect(listed["views"] as? [String] == ["volume"])
        #expect(try BuiltCommand.run("project", "forget", "day", "--data", data).err.contains("night"))
        #expect(try BuiltCommand.run("project", "forget", "night", "--data", data).code == 0)
        #expect(try BuiltCommand.run("project", "forget", "night", "--data", data).code == 1)
        #expect(try BuiltCommand.run("project", "status", "--data", data, "--json").rows().isEmpty)
        let shown = try BuiltCommand.run("view", "show", "volume", "--data", data, "--name", "night", "--json")
        #expect(try shown.rows().count == 1)
    }

    @Test func `views of one's own are projected, shown, replayed and proved beside the built-in ones`() throws {
        let folder = TemporaryFolder()
        let (data, views) = (folder.path("data"), folder.path("views"))
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/slow.yaml", ownView)
        try BuiltCommand.run("ingest", "--data", data, input: event + event)
        let projected = try BuiltCommand.run("project", "--data", data, "--views-dir", views)
        #expect(projected.code == 0, "\(projected.err)")
        let rows = try BuiltCommand.run(
            "view", "show", "slow_parts", "--data", data, "--views-dir", views, "--bucket", "all", "--json"
        ).rows()
        #expect(rows.first?["component"] as? String == "Cart")
        #expect(rows.first?["events"] as? Int == 2)
        #expect(rows.first?["worst_ms"] as? Double == 12.5)
        let replayed = try BuiltCommand.run("replay", "--data", data, "--views-dir", views, "--views", "slow_parts,volume")
        #expect(replayed.lines.count == 2, "\(replayed.err)")
        let hash = try BuiltCommand.run("view", "hash", "slow_parts", "--data", data, "--views-dir", views)
        #expect(replayed.lines[0].hasSuffix(hash.lines[0]))
        let proof = folder.path("proof.json")
        try BuiltCommand.run("view", "prove", "slow_parts", "--data", data, "--views-dir", views, "-o", proof)
        #expect(try BuiltCommand.run("verify", proof, "--data", data, "--views-dir", views).code == 0)
        let unknown = try BuiltCommand.run("verify", proof, "--data", data)
        #expect(unknown.code == 1)
        #expect(unknown.err.contains("--views-dir"))
    }

    @Test(arguments: [
        ("name: volume\nmeasures: {n: count}\n", "volume"), ("name: a\n", "measures"), ("name: a\nmeasures: {n: cuont}\n", ":2:"),
        ("name: [\n", "v.yaml:"),
    ])
    func `a view file that is wrong ends with 78, and the message names file and reason`(text: String, says: String) throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        let views = folder.path("views")
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/v.yaml", text)
        try BuiltCommand.run("ingest", "--data", data, input: event)
        let result = try BuiltCommand.run("project", "--data", data, "--views-dir", views)
        #expect(result.code == 78, "\(result.err)")
        #expect(result.err.contains("v.yaml") && result.err.contains(says), "\(result.err)")
    }
}
