import Foundation
import Testing
import VarveCatalog
import VarveEvents
import VarveReports

@Suite(.serialized) struct ReportTests {
    private static func object(_ report: Report) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(report.text(.json).utf8)) as? [String: Any])
    }

    @Test func `the incident's report says what, when, to whom and what to do`() async throws {
        let month = try await MadeMonth()
        let report = try ReportKind.incident.report(month.rows())
        let object = try Self.object(report)
        let summary = try #require(object["summary"] as? [String])
        let first = try #require(summary.first)
        // When: both hours, and no more than one behind them; what and where: a metric of one of the two components.
        let ends = ["16:00 UTC", "17:00 UTC"].contains { first.contains($0) }
        #expect(first.contains("14:00 to") && ends, "seed \(MadeMonth.seed): \(first)")
        let title = try #require(object["title"] as? String)
        #expect(title.contains("14:00"), "seed \(MadeMonth.seed): \(title)")
        #expect(month.incident.components.contains { first.contains($0) }, "seed \(MadeMonth.seed): \(first)")
        #expect(summary.contains { $0.contains("users had") && $0.contains("failures") })
        let actions = try #require(object["actions"] as? [[String: Any]])
        #expect(actions.first?["type"] as? String == "incident_follow_up" && actions.first?["impact"] as? String == "high")
        let sections = try #require(object["sections"] as? [[String: Any]])
        #expect(sections.compactMap { $0["id"] as? String } == ["incident_1", "affected", "errors"])
        // Why: the difference between the windows names the component.
        let why = try #require(sections.first?["sentences"] as? [String]).joined(separator: " ")
        #expect(month.incident.components.contains { why.contains($0) }, "seed \(MadeMonth.seed): \(why)")
        // The other formats say the same.
        for format in [ReportFormat.markdown, .html] {
            let text = report.text(format)
            for component in month.incident.components { #expect(text.contains(component)) }
            #expect(text.contains("What to do") && text.contains("To whom"))
        }
        #expect(report.text(.html).contains("data:image/svg+xml;base64,"))
        // The same log gives the same report.
        #expect(try ReportKind.incident.report(month.rows()).text(.markdown) == report.text(.markdown))
    }

    @Test func `a quiet week has no incident, a day has its events and those of the day before`() async throws {
        let month = try await MadeMonth()
        let quiet = Timestamp(nanoseconds: month.start.nanoseconds - 14 * 3_600_000_000_000)
        let before = try ReportKind.incident.report(month.rows(), to: quiet)
        #expect(try Self.object(before)["title"] as? String == before.title && before.actions.isEmpty)
        let daily = try ReportKind.daily.report(month.rows(), to: Timestamp(nanoseconds: quiet.nanoseconds + 86_400_000_000_000))
        let summary = daily.summary.joined(separator: "\n")
        #expect(summary.contains("14:00") && summary.contains("events, "), "seed \(MadeMonth.seed): \(summary)")
        let weekly = try ReportKind.weekly.report(month.rows())
        #expect(weekly.title.hasPrefix("Weekly report"))
        #expect(weekly.range.upperBound.nanoseconds - weekly.range.lowerBound.nanoseconds == 7 * 86_400_000_000_000)
    }

    /// A67, A68, A69: each with its type, impact and list, made from events beyond the limits, and none from those within.
    @Test func `queries over a second, memory over 100 MB and error rates over a twentieth are named`() async throws {
        let log = try await MadeLog()
        for index in 0..<200 {
            try log.add("db.query", ["query": .string("SELECT fast"), "duration_ms": .double(20), "success": .bool(true)])
            let slow = index % 10 == 0 ? 1_800.0 : 30
            try log.add("db.query", ["query": .string("SELECT slow"), "duration_ms": .double(slow), "success": .bool(true)])
            for (path, memory, bad) in [
                ("/heavy", 160.0, false), ("/broken", 40, index % 8 == 0), ("/fine", 60, index % 50 == 0),
            ] {
                try log.add(
                    "http.request",
                    [
                        "method": .string("GET"), "path": .string(path), "status": .int64(bad ? 503 : 200),
                        "memory_mb": .double(memory), "duration_ms": .double(12),
                    ])
            }
        }
        let report = try ReportKind.optimization.report(try await log.rows())
        let actions = try #require(try Self.object(report)["actions"] as? [[String: Any]])
        let found = Dictionary(actions.map { ($0["type"] as? String ?? "", $0) }) { first, _ in first }
        let queries = try #require(found["database_index"]?["queries"] as? [[String: Any]])
        #expect(
            queries.map { $0["query"] as? String } == ["SELECT slow"] && found["database_index"]?["impact"] as? String == "high")
        let paths = try #require(found["memory_optimization"]?["hotPaths"] as? [[String: Any]])
        #expect(paths.map { $0["path"] as? String } == ["/heavy"])
        #expect(found["memory_optimization"]?["impact"] as? String == "medium")
        let endpoints = try #require(found["error_handling"]?["endpoints"] as? [[String: Any]])
        #expect(endpoints.map { $0["endpoint"] as? String } == ["/broken"])
        #expect(abs(try #require(endpoints.first?["rate"] as? Double) - 0.125) < 1e-9)
        // High before medium.
        let impacts = actions.compactMap { $0["impact"] as? String }
        #expect(impacts == impacts.sorted { ($0 == "high" ? 0 : 1) < ($1 == "high" ? 0 : 1) })
    }

    @Test func `markup in messages stays text`() async throws {
        let log = try await MadeLog()
        for _ in 0..<30 {
            try log.add("js.error", ["message": .string("<script>alert(1)</script> | *x*"), "url": .string("/a\"><b>")])
        }
        let report = try ReportKind.daily.report(try await log.rows())
        #expect(!report.text(.html).contains("<script>") && report.text(.html).contains("&lt;script&gt;"))
        #expect(report.text(.markdown).contains("\\<script\\>"))
    }
}
