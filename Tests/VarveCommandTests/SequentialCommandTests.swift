import Foundation
import Testing

private let incidents = """
    kind: entities
    name: my_incidents
    key: incident_id
    rules:
      - {opens: incident.opened}
      - {closes: incident.updated, where: {field: status, in: [resolved, closed]}, status: {field: status}}
      - {updates: incident.updated, status: {field: status}}
    attributes: {severity: {last: severity}}
    """

private func line(_ minute: Int, _ signal: String, _ id: String, _ data: String) -> String {
    let time = 1_767_225_600_000 + minute * 60_000
    let head = #"{"time":\#(time),"signal":"\#(signal)","session":"s\#(minute % 2)","user":"u","#
    return head + #""data":{"incident_id":"\#(id)"\#(data)}}"# + "\n"
}

private let story =
    line(0, "incident.opened", "i1", #","severity":"high""#) + line(3, "incident.opened", "i2", "")
    + line(10, "incident.updated", "i1", #","status":"investigating""#)
    + line(25, "incident.updated", "i1", #","status":"resolved","severity":"low""#) + line(40, "page.view", "", "")

struct SequentialCommandTests {
    @Test func `a view of entities is projected, shown with its tables, as of the past, hashed and proved`() throws {
        let folder = TemporaryFolder()
        let (data, views) = (folder.path("data"), folder.path("views"))
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/incidents.yaml", incidents)
        let own = ["--data", data, "--views-dir", views]
        func run(_ arguments: String...) throws -> Finished { try BuiltCommand.start(arguments + own).finish() }
        try BuiltCommand.run("ingest", "--data", data, input: story)
        let projected = try run("project", "--views", "my_incidents,sessions,volume")
        #expect(projected.code == 0, "\(projected.err)")
        let rows = try run("view", "show", "my_incidents", "--json").rows()
        #expect(rows.map { $0["incident_id"] as? String } == ["i1", "i2"])
        #expect(rows.map { $0["status"] as? String } == ["resolved", "open"])
        #expect(rows[0]["closed"] as? String == "2026-01-01T00:25:00Z")
        #expect(rows[0]["seconds_open"] as? Int == 1_500)
        #expect(rows[0]["severity"] as? String == "low")
        #expect(rows[1]["seconds_in_status"] as? Int == 37 * 60)
        let past = try run("view", "show", "my_incidents", "--at", "3", "--where", "incident_id=i1", "--json").rows()
        #expect(past.map { $0["status"] as? String } == ["investigating"])
        let times = try run("view", "show", "my_incidents", "--table", "times", "--where", "incident_id=i1", "--json").rows()
        #expect(times.map { $0["seconds"] as? Int } == [600, 900])
        #expect(try run("view", "show", "my_incidents", "--table", "transitions", "--json").rows().count == 4)
        #expect(try run("view", "show", "my_incidents", "--csv").out.hasPrefix("incident_id,status,open,"))
        #expect(try run("view", "show", "my_incidents", "--bucket", "day").code == 64)
        #expect(try run("view", "show", "my_incidents", "--table", "nothing").code == 64)
        let hash = try run("view", "hash", "my_incidents").lines
        #expect(hash.map(\.count) == [64])
        #expect(try run("replay", "--views", "my_incidents").out.contains(hash[0]))
        let proof = folder.path("proof.json")
        #expect(try run("view", "prove", "my_incidents", "-o", proof).code == 0)
        #expect(try run("verify", proof).out.hasPrefix("yes"))
        let listed = try run("view", "ls", "--json").rows()
        #expect(listed.map { $0["bucket"] as? String } == ["sequential", "sequential", "hour"])
        let sessions = try run("view", "show", "sessions", "--json").rows()
        #expect(sessions.map { $0["session"] as? String } == ["s0", "s1"])
        #expect(sessions.map { $0["events"] as? Int } == [3, 2])
    }

    @Test(arguments: [
        ("kind: things\nname: x", "kind must be one of"), ("kind: entities\nname: x\nkey: a\nrules: []", "1 to 32 rules"),
        ("kind: entities\nname: x\nkey: a\nrules: [{opens: s, closes: s}]", "exactly one of opens"),
        ("kind: sessions\nname: x", "key"), ("kind: sessions\nname: x\nkey: a\nattributes: {seconds: {last: b}}", "two columns"),
        ("kind: sessions\nname: x\nkey: a\ngap: 3", "unknown key"),
    ])
    func `mistakes in such a file are named with their place`(text: String, reason: String) throws {
        let folder = TemporaryFolder()
        let (data, views) = (folder.path("data"), folder.path("views"))
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/x.yaml", text)
        try BuiltCommand.run("ingest", "--data", data, input: story)
        let result = try BuiltCommand.run("project", "--data", data, "--views-dir", views)
        #expect(result.code == 78)
        #expect(result.err.contains("x.yaml:"), "\(result.err)")
        #expect(result.err.contains(reason), "\(result.err)")
    }

    @Test func `a poisoned event pauses the projector and is shown, and parking goes past it`() throws {
        let folder = TemporaryFolder()
        let (data, views) = (folder.path("data"), folder.path("views"))
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/incidents.yaml", incidents)
        let bad = line(50, "incident.updated", "i2", #","status":"\#(String(repeating: "x", count: 300))""#)
        try BuiltCommand.run("ingest", "--data", data, input: story + bad + story)
        let project = ["project", "--data", data, "--views-dir", views, "--views", "my_incidents,volume"]
        let paused = try BuiltCommand.start(project).finish()
        #expect(paused.code == 2)
        #expect(paused.err.contains("cannot fold event 5"), "\(paused.err)")
        let status = try #require(try BuiltCommand.run("project", "status", "--data", data, "--json").rows().first)
        #expect(status["state"] as? String == "paused")
        #expect(status["paused_at"] as? Int == 5)
        #expect(status["offset"] as? Int == 5)
        let listed = try JSONSerialization.jsonObject(
            with: Data(try BuiltCommand.run("project", "ls", "--data", data, "--json").out.utf8))
        #expect((listed as? [[String: Any]])?.map { $0["state"] as? String } == ["paused"])
        #expect(try BuiltCommand.run("project", "ls", "--data", data).out.contains("paused"))
        let parked = try BuiltCommand.start(project + ["--on-poison", "park"]).finish()
        #expect(parked.code == 0, "\(parked.err)")
        let after = try #require(try BuiltCommand.run("project", "status", "--data", data, "--json").rows().first)
        #expect(after["state"] as? String == "stopped")
        #expect(after["offset"] as? Int == 11)
        #expect(after["parked"] as? Int == 1)
        #expect(try BuiltCommand.run("project", "status", "--data", data).out.contains("parked event 5"))
    }

    @Test func `two versions stand side by side, are compared, promoted and taken back`() throws {
        let folder = TemporaryFolder()
        let (data, views) = (folder.path("data"), folder.path("views"))
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        func definition(_ version: Int, _ measure: String) -> String {
            "name: mine\nversion: \(version)\ndimensions: [session]\nmeasures: {events: \(measure)}"
        }
        _ = try folder.file("views/one.yaml", definition(1, "count"))
        _ = try folder.file("views/two.yaml", definition(2, "{count: {field: signal, \"!=\": page.view}}"))
        let own = ["--data", data, "--views-dir", views]
        func run(_ arguments: String...) throws -> Finished { try BuiltCommand.start(arguments + own).finish() }
        func events() throws -> [Int?] {
            try run("view", "show", "mine", "--bucket", "day", "--json").rows().map { $0["events"] as? Int }
        }
        try BuiltCommand.run("ingest", "--data", data, input: story)
        #expect(try run("project", "--views", "mine").code == 0)
        #expect(try events() == [3, 2])
        let difference = try run("view", "diff", "mine", "--json").rows()
        #expect(difference.map { $0["before"] as? Int } == [3])
        #expect(difference.map { $0["after"] as? Int } == [2])
        #expect(try run("view", "diff", "mine").out.contains("1 of 2 values differ"))
        #expect(try BuiltCommand.run("view", "promote", "mine", "--data", data).out.contains("version 2; it was 1"))
        #expect(try events() == [2, 2])
        #expect(try run("view", "show", "mine@1", "--bucket", "day", "--json").rows().map { $0["events"] as? Int } == [3, 2])
        #expect(try BuiltCommand.run("view", "promote", "mine", "--data", data, "--version", "1").code == 0)
        #expect(try events() == [3, 2])
        #expect(try BuiltCommand.run("view", "promote", "mine", "--data", data, "--version", "7").code == 1)
        #expect(try run("view", "ls", "--json").rows().map { $0["current"] as? Bool } == [true, false])
    }

    @Test func `a view without hours is shown by the day when no bucket is asked for`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: story)
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        let rows = try BuiltCommand.run("view", "show", "active_users", "--data", data, "--json").rows()
        #expect(rows.map { $0["time"] as? String } == ["2026-01-01T00:00:00Z"])
        for view in ["sessions", "volume", "http_requests"] {
            let shown = try BuiltCommand.run("view", "show", view, "--data", data)
            #expect(shown.code == 0, "\(view): \(shown.err)")
        }
    }
}
