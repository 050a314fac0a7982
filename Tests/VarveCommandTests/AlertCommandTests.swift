import Foundation
import Testing

struct AlertCommandTests {
    /// Sixty requests a minute for forty minutes from 10:00, of which 3 fail, and 4 in minutes 10 to 19.
    private static let requests: String = (0..<40).map { minute in
        (0..<60).map { index in
            let status = index < ((10..<20).contains(minute) ? 4 : 3) ? 500 : 200
            let time = "2026-03-02T10:\(minute < 10 ? "0" : "")\(minute):\(index < 10 ? "0" : "")\(index)Z"
            let data = #"{"method":"GET","path":"/","status":\#(status),"duration_ms":5}"#
            return #"{"time":"\#(time)","signal":"http.request","data":\#(data)}"# + "\n"
        }.joined()
    }.joined()

    private func data(_ folder: borrowing TemporaryFolder) throws -> String {
        let data = folder.path("data")
        let result = try BuiltCommand.run("ingest", "--data", data, input: Self.requests)
        #expect(result.code == 0, "\(result.err)")
        return data
    }

    private func run(_ arguments: [String]) throws -> Finished { try BuiltCommand.start(["alert"] + arguments).finish() }

    @Test func `lint says what is wrong and where, and ends with 2`() throws {
        let folder = TemporaryFolder()
        let good = try folder.file("good.yaml", "- {id: a, condition: error_rate, threshold: 0.05, duration: 300}\n")
        let bad = try folder.file(
            "bad.yaml", "- id: a\n  condition: error_rate\n  threshold: 5\n  colour: red\n- {id: b, condition: x.y > 1}\n")
        #expect(try run(["lint", good]).code == 0)
        let result = try run(["lint", bad, good, "--json"])
        #expect(result.code == 2)
        let rows = try result.rows()
        #expect(rows.map { $0["line"] as? Int } == [4, 5] && rows.allSatisfy { $0["file"] as? String == bad })
        #expect(rows.map { $0["code"] as? String } == ["unknown_key", "bad_value"])
        #expect(try run(["lint", bad]).out.contains("bad.yaml:4:3: unknown key"))
        #expect(try run(["lint", folder.path("none.yaml")]).code == 78)
        #expect(try run(["lint"]).code == 64)
    }

    @Test func `replay gives the contract's rows`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let rules = try folder.file(
            "rules.yaml", "- {id: errors, condition: error_rate, threshold: 0.05, duration: 300, severity: critical}\n")
        let result = try run(["replay", rules, "--data", data, "--json"])
        #expect(result.code == 0, "\(result.err)")
        let rows = try result.rows()
        let row = try #require(rows.first)
        #expect(rows.count == 1 && row["rule"] as? String == "errors" && (row["labels"] as? [String: Any])?.isEmpty == true)
        #expect(row["pending_at"] as? String == "2026-03-02T10:11:00Z")
        #expect(row["firing_at"] as? String == "2026-03-02T10:16:00Z")
        #expect(row["resolved_at"] as? String == "2026-03-02T10:21:00Z")
        #expect(row["threshold"] as? Double == 0.05 && row["offset"] as? Int == 2_400)
        let part = try run([
            "replay", "--rules", rules, "--data", data, "--from", "2026-03-02T10:12:00Z", "--to", "2026-03-02T10:14:00Z",
            "--json",
        ])
        let begun = try #require(try part.rows().first)
        #expect(begun["pending_at"] as? String == "2026-03-02T10:13:00Z" && begun["firing_at"] is NSNull)
        let named = try run(["replay", "--rule", "high_error_rate", "--data", data])
        #expect(named.code == 0 && named.out.contains("1 fired, 0 held too shortly"), "\(named.out) \(named.err)")
        #expect(try run(["replay", "--data", data, "--json"]).rows().isEmpty, "built-in rules are off")
        #expect(try run(["replay", rules, "--rule", "eror", "--data", data]).code == 64)
        #expect(try run(["replay", rules, "--data", folder.path("none")]).code == 74)
        let broken = try folder.file("broken.yaml", "- {id: errors, condition: error_rate, threshold: 5, colour: red}\n")
        let without = try run(["replay", broken, "--data", data])
        #expect(without.code == 78 && without.err.contains("a rule is left out"), "\(without.err)")
        let mistaken = try run(["replay", "high_error_rate", "--data", data])
        #expect(mistaken.code == 64 && mistaken.err.contains("--rule high_error_rate"), "\(mistaken.err)")
    }

    @Test func `rules are switched on and off, and the log keeps who did`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        #expect(try run(["ls", "--data", data, "--json"]).rows().isEmpty)
        #expect(try run(["enable", "high_error_rate", "--threshold", "0.2", "--by", "ann", "--data", data]).code == 0)
        let rows = try run(["ls", "--data", data, "--json"]).rows()
        let row = try #require(rows.first)
        #expect(rows.count == 1 && row["rule"] as? String == "high_error_rate" && row["state"] as? String == "inactive")
        #expect(row["threshold"] as? Double == 0.2 && row["severity"] as? String == "critical")
        #expect(["id", "labels", "since", "value", "offset"].allSatisfy { row.keys.contains($0) })
        let cat = try BuiltCommand.run("cat", "--data", data, "--signal", "config.changed")
        #expect(cat.out.contains("alerts.rules.high_error_rate.enabled") && cat.out.contains("\"ann\""), "\(cat.out)")
        #expect(try run(["disable", "high_error_rate", "--data", data]).code == 0)
        #expect(try run(["ls", "--data", data, "--json"]).rows().isEmpty)
        #expect(try run(["ls", "--all", "--data", data, "--json"]).rows().count > 12)
        #expect(try run(["enable", "high_eror_rate", "--data", data]).code == 64)
        let shown = try run(["show", "high_error_rate", "--data", data, "--json"])
        #expect(
            shown.out.contains(#""enabled":false"#) && shown.out.contains("docs/playbooks/high_error_rate.md"), "\(shown.out)")
    }

    @Test func `silences have an end and can be ended`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let made = try run([
            "silence", "rule=queue_backlog", "queue=\"a b\"", "--for", "2h", "--comment", "works", "--data", data, "--json",
        ])
        #expect(made.code == 0, "\(made.err)")
        let id = try #require(try made.lastObject()["id"] as? String)
        var rows = try run(["silence", "--data", data, "--json"]).rows()
        #expect(rows.count == 1 && rows[0]["state"] as? String == "active" && rows[0]["comment"] as? String == "works")
        #expect(rows[0]["matchers"] as? [String] == ["rule=\"queue_backlog\"", "queue=\"a b\""])
        #expect(try run(["silence", "--end", id, "--data", data]).code == 0)
        rows = try run(["silence", "--data", data, "--json"]).rows()
        #expect(rows[0]["state"] as? String == "expired")
        #expect(try run(["silence", "--end", id, "--data", data]).code == 64)
        #expect(try run(["silence", "rule=x", "--data", data]).code == 64)
        #expect(try run(["ack", "nothing-1", "--data", data]).code == 64)
        #expect(try run(["resolve", "nothing-1", "--data", data]).code == 64)
        #expect(try run(["explain", "nothing-1", "--data", data]).code == 64)
    }

    @Test func `a rule is tested against events and the instants that they give`() throws {
        let folder = TemporaryFolder()
        _ = try folder.file("r.yaml", "- {id: errors, condition: error_rate, threshold: 0.05, duration: 300}\n")
        _ = try folder.file("e.ndjson", Self.requests)
        let tests = """
            rules: r.yaml
            tests:
              - name: good
                events: e.ndjson
                expect:
                  - {rule: errors, pending_at: 2026-03-02T10:11:00Z, firing_at: 2026-03-02T10:16:00Z,
                     resolved_at: 2026-03-02T10:21:00Z}
              - name: bad
                events: e.ndjson
                to: 2026-03-02T10:15:00Z
                expect: [{rule: errors, pending_at: 2026-03-02T10:11:00Z, firing_at: 2026-03-02T10:16:00Z}]
            """
        let file = try folder.file("t.yaml", tests)
        let result = try run(["test", file])
        #expect(
            result.code == 2 && result.out.contains("ok    good") && result.out.contains("FAIL  bad"),
            "\(result.out)\(result.err)")
        #expect(result.out.contains("found:    errors {} 2026-03-02T10:11:00Z - -"), "\(result.out)")
        let good = try folder.file(
            "g.yaml", String(tests.prefix(upTo: try #require(tests.range(of: "  - name: bad")).lowerBound)))
        #expect(try run(["test", good]).code == 0)
        #expect(try run(["test", folder.path("none.yaml")]).code == 78)
    }

    @Test func `a sweep finds the threshold between what is well and what is not`() throws {
        let folder = TemporaryFolder()
        let data = try data(folder)
        let rules = try folder.file("r.yaml", "- {id: errors, condition: error_rate, threshold: 0.05, duration: 300}\n")
        let line =
            #"{"signal":"incident.opened","time":"2026-03-02T10:12:00Z","data":{"incident_id":"i1","title":"x","#
            + #""severity":"high"}}"#
        let closed =
            #"{"signal":"incident.updated","time":"2026-03-02T10:25:00Z","data":{"incident_id":"i1","status":"resolved"}}"#
        #expect(try BuiltCommand.run("ingest", "--data", data, input: line + "\n" + closed + "\n").code == 0)
        let sweep = [
            "sweep", "errors", "--rules", rules, "--data", data, "--thresholds", "0.01,0.055,0.5", "--durations", "0,1m,5m,20m",
        ]
        let result = try run(sweep + ["--json"])
        let rows = try result.rows()
        #expect(rows.count == 12, "\(result.err)")
        let best = try #require(rows.first { $0["recommended"] as? Bool == true })
        #expect(best["threshold"] as? Double == 0.055 && best["duration"] as? Int == 0 && best["detected"] as? Int == 1)
        #expect(best["false_firings"] as? Int == 0 && rows.filter { $0["recommended"] as? Bool == true }.count == 1)
        let high = try #require(rows.first { $0["threshold"] as? Double == 0.5 })
        #expect(high["fired"] as? Int == 0 && high["detected"] as? Int == 0 && high["incidents"] as? Int == 1)
        #expect(try run(sweep).out.contains("recommended"))
        #expect(try run(["sweep", "errors", "--rules", rules, "--data", data, "--thresholds", "x"]).code == 64)
        // The incident is listed, and closed with what it was.
        let listed = try BuiltCommand.run("incident", "ls", "--data", data, "--all", "--json")
        #expect(listed.out.contains("\"resolution_s\":780"), "\(listed.out)\(listed.err)")
        let update = try BuiltCommand.run("incident", "update", "i1", "--root-cause", "a disk", "--data", data, "--json")
        #expect(update.code == 0 && update.out.contains("\"root_cause\":\"a disk\""), "\(update.out)\(update.err)")
        #expect(try BuiltCommand.run("incident", "update", "none", "--status", "closed", "--data", data).code == 64)
    }
}
