import Foundation
import Testing

/// Eight page views of eight users, a quarter of an hour apart, from 10:00 on the day Berlin's clocks are set forward.
private let quarters = (0..<8).map { index in
    let minute = index % 4 * 15
    let time = "2026-03-29T\(10 + index / 4):\(minute < 10 ? "0" : "")\(minute):00Z"
    return #"{"id":"k\#(index)","time":"\#(time)","signal":"page.view","user_id":"u\#(index)"}"# + "\n"
}.joined()

struct AnswerCommandTests {
    private static let range = ["--from", "2026-03-29T10:30:00Z", "--to", "2026-03-29T11:30:00Z"]

    private func projected(_ folder: borrowing TemporaryFolder, _ input: String) throws -> String {
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: input)
        let result = try BuiltCommand.run("project", "--data", data)
        #expect(result.code == 0, "\(result.err)")
        return data
    }

    /// The one object that `--envelope` prints, over several lines.
    private func envelope(_ result: Finished) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(result.out.utf8)) as? [String: Any])
    }

    private func rows(_ data: String, _ arguments: [String]) throws -> [[String: Any]] {
        let result = try BuiltCommand.start(["view", "show"] + arguments + ["--data", data, "--json"]).finish()
        #expect(result.code == 0, "\(result.err)")
        return try result.rows()
    }

    @Test func `a range that cuts buckets counts what lies in it, in every command`() throws {
        let folder = TemporaryFolder()
        let data = try projected(folder, quarters)
        let range = Self.range
        for source in [[], ["--fresh"], ["--at", "8"]] {
            #expect(try rows(data, ["volume", "--bucket", "all"] + range + source).map { $0["events"] as? Int } == [4])
            #expect(try rows(data, ["volume", "--bucket", "hour"] + range + source).map { $0["events"] as? Int } == [2, 2])
            #expect(try rows(data, ["volume", "--bucket", "minute"] + range + source).count == 4)
            #expect(try rows(data, ["active_users", "--bucket", "all"] + range + source).map { $0["users"] as? Int } == [4])
        }
        let exported = try BuiltCommand.start(["export", "--view", "volume", "--bucket", "all", "--data", data] + range).finish()
        #expect(exported.out.contains(#""events":4"#), "\(exported.out)")
        let metrics = try BuiltCommand.start(["metrics", "--data", data, "--json"] + range).finish().lastObject()
        let values = try #require(metrics["metrics"] as? [String: [String: Any]])
        #expect(values["volume.events"]?["value"] as? Int == 4)
        #expect(values["active_users.users"]?["value"] as? Int == 4)
        #expect(metrics["from"] as? String == "2026-03-29T10:30:00Z" && metrics["behind_events"] as? Int == 0)
        let diff = try BuiltCommand.start([
            "view", "diff", "volume", "--data", data, "--json", "--from", "2026-03-29T10:30..2026-03-29T11:30",
            "--against", "2026-03-29T10:00..2026-03-29T10:30",
        ]).finish().rows()
        #expect(diff.first?["before"] as? Double == 2 && diff.first?["after"] as? Double == 4)
    }

    @Test func `days and times of a view with a zone are that zone's`() throws {
        let folder = TemporaryFolder()
        // An event at every hour of eleven days of UTC.
        let hours = (0..<264).map { hour -> String in
            let day = 23 + hour / 24
            let date = day > 31 ? "2026-04-0\(day - 31)" : "2026-03-\(day)"
            return #"{"time":"\#(date)T\#(hour % 24 < 10 ? "0" : "")\#(hour % 24):00:00Z","signal":"a.b"}"# + "\n"
        }.joined()
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: hours)
        let text = "name: mine\nbuckets: [day, all]\nzone: Europe/Berlin\nmeasures: {events: count}\n"
        let views = folder.path("views")
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file("views/mine.yaml", text)
        try BuiltCommand.run("project", "--data", data, "--views-dir", views, "--views", "mine")
        let own = ["mine", "--views-dir", views]
        let week = try rows(data, own + ["--bucket", "day", "--from", "2026-03-25", "--to", "2026-04-01"])
        #expect(week.map { $0["events"] as? Int } == [24, 24, 24, 24, 23, 24, 24])
        #expect(week.first?["time"] as? String == "2026-03-25T00:00:00+01:00")
        #expect(week.last?["time"] as? String == "2026-03-31T00:00:00+02:00")
        // A day of UTC is a part of two days there.
        let utc = ["--from", "2026-03-26T00:00:00Z", "--to", "2026-03-27T00:00:00Z"]
        #expect(try rows(data, own + ["--bucket", "day"] + utc).map { $0["events"] as? Int } == [23, 1])
        #expect(try rows(data, own + ["--bucket", "all"] + utc).map { $0["events"] as? Int } == [24])
    }

    @Test func `how far an answer is behind is said, and a view that nobody keeps is frozen`() throws {
        let folder = TemporaryFolder()
        let data = folder.path("data")
        func line(_ index: Int) -> String { #"{"time":"2026-01-31T10:0\#(index):00Z","signal":"a.b"}"# + "\n" }
        try BuiltCommand.run("ingest", "--data", data, input: line(0))
        try BuiltCommand.run("project", "--data", data, "--views", "volume,latency")
        try BuiltCommand.run("ingest", "--data", data, input: line(1) + line(2))
        let show = ["view", "show", "volume", "--data", data, "--bucket", "all"]
        let behind = try BuiltCommand.start(show + ["--envelope"]).finish()
        #expect(behind.err.contains("volume is at offset 1 of 3"), "\(behind.err)")
        var object = try envelope(behind)
        #expect(object["offset"] as? Int == 1 && object["durable"] as? Int == 3 && object["behind_events"] as? Int == 2)
        #expect(object["frozen"] as? Bool == false && object["version"] as? Int == 1 && object["view"] as? String == "volume")
        #expect(object["from"] is NSNull && object["to"] is NSNull && object["complete_from"] as? Int == 0)
        #expect((object["gaps"] as? [Any])?.isEmpty == true && (object["rows"] as? [Any])?.count == 1)
        try BuiltCommand.run("project", "--data", data, "--views", "latency")
        let frozen = try BuiltCommand.start(show + ["--envelope"]).finish()
        #expect(frozen.err.contains("volume is frozen at offset 1 of 3"), "\(frozen.err)")
        object = try envelope(frozen)
        #expect(object["frozen"] as? Bool == true)
        let fresh = try BuiltCommand.start(show + ["--envelope", "--fresh"]).finish()
        object = try envelope(fresh)
        #expect(object["offset"] as? Int == 3 && object["behind_events"] as? Int == 0 && object["kept_by"] is NSNull)
        #expect(fresh.err.isEmpty, "\(fresh.err)")
        let listed = try BuiltCommand.run("view", "ls", "--data", data, "--json").rows()
        #expect(listed.map { $0["frozen"] as? Bool } == [true, false])
        #expect(listed.map { $0["behind_events"] as? Int } == [2, 0])
    }

    @Test func `a table says how fresh it is, and what a forgotten projector kept is frozen`() throws {
        let folder = TemporaryFolder()
        let data = try projected(folder, quarters)
        let show = ["view", "show", "volume", "--data", data, "--bucket", "all"]
        for command in [show, ["query", "--data", data], ["metrics", "--data", data], ["overview", "--data", data]] {
            let result = try BuiltCommand.start(command).finish()
            #expect(result.err.contains("offset 8 of 8, appended 20"), "\(command): \(result.err)")
            #expect(result.err.contains("Z, behind by 0 events\n"), "\(command): \(result.err)")
        }
        #expect(try BuiltCommand.start(show + ["--json"]).finish().err.isEmpty)
        let asked = try BuiltCommand.run("query", "--data", data, "--at", "5", "--by", "signal", "--json", "--envelope")
        let object = try envelope(asked)
        #expect(object["offset"] as? Int == 5 && object["durable"] as? Int == 8 && object["behind_events"] as? Int == 3)
        #expect((object["time"] as? String)?.hasSuffix("Z") == true && object["frozen"] as? Bool == false)
        #expect((object["rows"] as? [[String: Any]])?.first?["count"] as? Int == 5)

        #expect(try BuiltCommand.run("project", "forget", "main", "--data", data).code == 0)
        try BuiltCommand.run("ingest", "--data", data, input: #"{"time":"2026-03-29T12:00:00Z","signal":"page.view"}"# + "\n")
        let forgotten = try BuiltCommand.start(show + ["--envelope"]).finish()
        #expect(forgotten.err.contains("volume is frozen at offset 8 of 9"), "\(forgotten.err)")
        #expect(try envelope(forgotten)["frozen"] as? Bool == true)
        #expect(try BuiltCommand.start(show).finish().err.contains("behind by 1 event, frozen"))
        #expect(try BuiltCommand.run("project", "--data", data).code == 0)
        #expect(try envelope(BuiltCommand.start(show + ["--envelope"]).finish())["frozen"] as? Bool == false)
    }

    @Test func `changes of a thing that are not kept, and events that came too late for those that are, are said`() throws {
        let folder = TemporaryFolder()
        var lines = (0..<40).map { index in
            let status = index % 2 == 0 ? "up" : "down"
            let data = #"{"service":"db","status":"\#(status)"}"#
            return #"{"time":"2026-03-29T10:\#(index + 10):00Z","signal":"check.done","data":\#(data)}"# + "\n"
        }
        lines.append(#"{"time":"2026-03-29T10:12:30Z","signal":"check.done","data":{"service":"db","status":"slow"}}"# + "\n")
        let views = folder.path("views")
        try FileManager.default.createDirectory(atPath: views, withIntermediateDirectories: true)
        _ = try folder.file(
            "views/checks.yaml",
            "kind: entities\nname: checks\nkey: service\nrules: [{updates: check.done, status: {field: status}}]\n")
        let data = folder.path("data")
        try BuiltCommand.run("ingest", "--data", data, input: lines.joined())
        let own = ["checks", "--data", data, "--views-dir", views, "--fresh"]
        let entities = try BuiltCommand.start(["view", "show"] + own).finish()
        #expect(entities.err.contains("1 events were too late to be placed among the newest 32 changes"))
        let transitions = try BuiltCommand.start(["view", "show", "--table", "transitions"] + own).finish()
        let dropped = "8 older rows were dropped: a thing keeps its newest 32 changes"
        #expect(transitions.err.contains(dropped), "\(transitions.err)")
        #expect(transitions.err.contains("late_unapplied"), "\(transitions.err)")
    }

    @Test func `rows are sorted and limited`() throws {
        let folder = TemporaryFolder()
        func lines(_ component: String, _ count: Int) -> String {
            String(repeating: #"{"time":"2026-01-31T10:00:00Z","signal":"\#(component)"}"# + "\n", count: count)
        }
        let data = try projected(folder, lines("a.b", 2) + lines("c.d", 5) + lines("e.f", 3))
        func signals(_ more: String...) throws -> [String?] {
            try rows(data, ["volume", "--bucket", "all"] + more).map { $0["signal"] as? String }
        }
        #expect(try signals() == ["a.b", "c.d", "e.f"])
        #expect(try signals("--top", "2") == ["c.d", "e.f"])
        #expect(try signals("--sort", "events:asc") == ["a.b", "e.f", "c.d"])
        #expect(try signals("--sort", "signal:desc", "--limit", "1") == ["e.f"])
        let wrong = try BuiltCommand.run("view", "show", "volume", "--data", data, "--sort", "event")
        #expect(wrong.code == 64 && wrong.err.contains("events"), "\(wrong.err)")
    }

    @Test func `metrics are those of a moment or a window, beside another, in one state`() throws {
        let folder = TemporaryFolder()
        let data = try projected(folder, quarters)
        func events(_ more: String...) throws -> [String: Any]? {
            let object = try BuiltCommand.start(["metrics", "--data", data, "--json"] + more).finish().lastObject()
            return (object["metrics"] as? [String: [String: Any]])?["volume.events"]
        }
        #expect(try events("--at", "5")?["value"] as? Int == 5)
        let window = try events("--from", "2026-03-29T10:00", "--against", "2026-03-29T11:00..2026-03-29T11:20")
        #expect(window?["value"] as? Int == 8 && window?["against"] as? Int == 2 && window?["change"] as? Int == 6)
        #expect(try events("--against", "3")?["against"] as? Int == 3)
        let red = try BuiltCommand.run("metrics", "--data", data, "--json", "--state", "alert").lastObject()
        let states = (red["metrics"] as? [String: [String: Any]])?.values.map { $0["state"] as? String } ?? []
        #expect(states.allSatisfy { $0 == "alert" })
    }
}
