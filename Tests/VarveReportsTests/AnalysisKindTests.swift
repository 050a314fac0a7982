import Foundation
import Testing
import VarveCatalog
import VarveEvents
import VarveProjections
import VarveReports

struct AnalysisKindTests {
    private static func question(_ options: [String: [String]] = [:], by: [String] = []) -> AnalysisQuestion {
        var question = AnalysisQuestion()
        question.options = options
        question.by = by
        return question
    }

    @Test func `errors are counted by message, path, status and time, and the spike of the incident is found`() async throws {
        let month = try await MadeMonth()
        let found = try AnalysisKind.errors.answer(Self.question(), month.rows()).object()
        let total = try #require(found["totalErrors"] as? Int)
        let messages = try #require(found["byMessage"] as? [String: Int])
        let paths = try #require(found["byPath"] as? [String: Int])
        #expect(messages.values.reduce(0, +) == total && paths.values.reduce(0, +) == total)
        #expect(found["uniqueMessages"] as? Int == messages.count)
        let moments = try #require(found["overTime"] as? [[String: Any]])
        #expect(moments.compactMap { $0["errors"] as? Int }.reduce(0, +) == total && moments.count == 8 * 24)
        let top = try #require(found["topErrors"] as? [[String: Any]])
        let counts = top.compactMap { $0["count"] as? Int }
        #expect(counts == counts.sorted(by: >) && !counts.isEmpty)
        for name in ["trends", "errorSpikes", "performanceRegression", "unusualPatterns", "byStatus"] {
            #expect(found[name] != nil)
        }
        let slower = try #require(found["performanceRegression"] as? [[String: Any]])
        let names = slower.filter { ($0["time"] as? String)?.contains("T14:00") == true }.compactMap { $0["name"] as? String }
        #expect(Set(names).isSubset(of: Set(month.incident.components)) && !names.isEmpty, "seed \(MadeMonth.seed): \(slower)")
    }

    @Test func `sessions are followed through steps, with a condition on a field`() async throws {
        let log = try await MadeLog()
        for index in 0..<40 {
            let session = "s\(index)"
            try log.add("cart.opened", session: session)
            if index % 2 == 0 { try log.add("payment", ["kind": .string("card")], session: session) }
            if index % 2 == 1 { try log.add("payment", ["kind": .string("cash")], session: session) }
            if index % 4 == 0 { try log.add("order.done", session: session, after: 30) }
        }
        let rows = try await log.rows()
        let asked = Self.question(["steps": ["cart.opened,payment:kind=card,order.done"]])
        let found = try AnalysisKind.journeys.answer(asked, rows).objects()
        #expect(found.compactMap { $0["sessions"] as? Int } == [40, 20, 10])
        #expect(found.compactMap { $0["left"] as? Int } == [20, 10, 0])
        #expect(found[2]["median_s"] as? Double == 30)
        #expect(throws: AnalysisError.self) { try AnalysisKind.journeys.answer(Self.question(), rows) }
    }

    @Test func `users are grouped by what they do, failures are priced, time is profiled`() async throws {
        let log = try await MadeLog()
        for index in 0..<60 {
            let user = "u\(index)"
            for _ in 0..<(index % 2 == 0 ? 12 : 1) { try log.add("search", user: user, component: "A", after: 20) }
            for _ in 0..<(index % 2 == 0 ? 1 : 12) { try log.add("retry.failure", user: user, component: "B", after: 20) }
        }
        for _ in 0..<10 {
            try log.add(
                "db.query", ["query": .string("slow"), "duration_ms": .double(900), "success": .bool(true)], after: 3_600)
            try log.add(
                "db.query", ["query": .string("fast"), "duration_ms": .double(100), "success": .bool(true)], after: 3_600)
        }
        let rows = try await log.rows()
        let groups = try AnalysisKind.clusters.answer(Self.question(), rows).objects()
        #expect(groups.compactMap { $0["members"] as? Int } == [30, 30])
        let costs = try AnalysisKind.costs.answer(Self.question(["price": ["retry.failure=2.5", "search=0"]]), rows)
        #expect(try costs.objects().first?["cost"] as? Double == 2.5 * (30 * 12 + 30))
        #expect(costs.lines.first?.hasPrefix("total 975") == true, "\(costs.lines)")
        let profile = try AnalysisKind.profile.answer(Self.question(), rows).objects()
        #expect(profile.compactMap { $0["name"] as? String } == ["slow", "fast"])
        #expect(profile.compactMap { $0["share"] as? Double } == [0.9, 0.1])
        for prices in [[], ["x"], ["x=-1"], ["x=nan"]] {
            #expect(throws: AnalysisError.self) { try AnalysisKind.costs.answer(Self.question(["price": prices]), rows) }
        }
    }

    @Test func `the channel that fell is degraded, the state that swings flaps`() async throws {
        let log = try await MadeLog()
        var (totals, good) = ([0, 0], [0, 0])
        for index in 0..<200 {
            for (place, name) in ["Printful", "Teespring"].enumerated() {
                totals[place] += 20
                good[place] += place == 1 && index >= 160 ? 14 : 19
                try log.add(
                    "pod.result",
                    [
                        "channel": .string(name), "total_orders": .int64(Int64(totals[place])),
                        "successful_orders": .int64(Int64(good[place])),
                    ], after: 1_800)
            }
            for (name, isUp) in [("calm", true), ("wild", index % 2 == 0)] {
                let status = isUp ? "healthy" : "failed"
                try log.add("integration.health", ["channel_name": .string(name), "status": .string(status)], after: 1)
            }
        }
        let rows = try await log.rows()
        let found = try AnalysisKind.degradation.answer(Self.question(["recent": ["40h"]]), rows).objects()
        let verdicts = Dictionary(found.map { ($0["channel"] as? String ?? "", $0["verdict"] as? String) }) { first, _ in first }
        #expect(verdicts["Teespring"] == "degraded" && verdicts["Printful"] == "unchanged" && verdicts["calm"] == "unchanged")
        #expect(abs(try #require(found.first { $0["channel"] as? String == "Printful" }?["before"] as? Double) - 0.95) < 1e-9)
        let states = try AnalysisKind.flapping.answer(Self.question(), rows).objects()
        #expect(states.compactMap { $0["flapping"] as? Bool } == [false, true])
    }

    @Test func `creators' odd days, repeated batches, quiet hours and weekly incidents are found`() async throws {
        let log = try await MadeLog()
        // Hours 1, 2, … from Monday 00:00 on; nothing on Sundays between 2 and 5.
        for hour in 1..<(5 * 168) {
            let (day, time) = (hour / 24, hour % 24)
            let isQuiet = day % 7 == 6 && (2..<5).contains(time)
            let action: [String: Value] = ["action": .string("edit"), "items": .int64(1)]
            try log.add("creator.action", action, user: isQuiet ? "cat" : "ann", after: 3_600)
            if !isQuiet { for _ in 0..<3 { try log.add("creator.action", action, user: "ann", after: 0) } }
            if time == 9 {
                let batch: [String: Value] = ["action": .string("upload"), "items": .int64(40)]
                try log.add("creator.action", batch, user: "bob", after: 0)
            }
            if day == 20, time == 9 { for _ in 0..<50 { try log.add("creator.action", action, user: "bob", after: 0) } }
            if day % 7 == 2, time == 10 {
                try log.add("incident.opened", ["incident_id": .string("i\(day)"), "title": .string("disk full")], after: 0)
            }
        }
        let rows = try await log.rows()
        let found = try AnalysisKind.creators.answer(Self.question(["hours": ["3"]]), rows).object()
        let unusual = try #require(found["unusual"] as? [[String: Any]])
        #expect(unusual.contains { $0["user"] as? String == "bob" && $0["day"] as? String == "2026-01-25" }, "\(unusual)")
        let batches = try #require(found["automation"] as? [[String: Any]])
        #expect(batches.count == 1 && batches[0]["user"] as? String == "bob" && batches[0]["regular"] as? Bool == true)
        let quiet = try #require(found["quiet"] as? [[String: Any]])
        #expect(quiet[0]["weekday"] as? String == "Sunday" && quiet[0]["from"] as? String == "02:00", "\(quiet)")
        let patterns = try AnalysisKind.patterns.answer(Self.question(by: ["title"]), rows).objects()
        #expect(patterns.count == 1 && patterns[0]["every_s"] as? Double == 604_800, "\(patterns)")
    }

    @Test func `series of views are analysed, and what is not there is refused in words`() async throws {
        let month = try await MadeMonth(events: 30_000)
        let rows = try month.rows()
        var question = AnalysisQuestion()
        (question.view, question.column) = ("volume", "events")
        let anomalies = try AnalysisKind.anomalies.answer(question, rows).objects()
        #expect(anomalies.count == 8 * 24)
        question.options = ["horizon": ["5"], "level": ["90"]]
        #expect(try AnalysisKind.forecast.answer(question, rows).objects().count == 5)
        question.options = ["period": ["day"]]
        let periods = try AnalysisKind.periods.answer(question, rows).objects()
        #expect(periods.count == 1 && periods[0]["polarity"] as? String == "neutral" && periods[0]["outliers"] != nil)
        question.options = ["target": ["rollback_rate.rollback_rate"], "horizon": ["6h"]]
        let precursors = try AnalysisKind.precursors.answer(question, rows).objects()
        #expect(precursors.count == 1 && precursors[0]["failures"] != nil)
        for (name, options) in [
            ("forecast", ["horizon": ["0"]]), ("capacity", [:]), ("periods", ["period": ["year"]]),
            ("anomalies", ["sensitivity": ["x"]]),
            ("precursors", ["target": ["nothing"]]), ("degradation", ["recent": ["-1h"]]), ("quiet", ["hours": ["99"]]),
            ("compare", [:]),
        ] as [(String, [String: [String]])] {
            question.options = options
            let kind = try #require(AnalysisKind(rawValue: name))
            #expect(throws: AnalysisError.self, "\(name)") { try kind.answer(question, rows).json }
        }
        (question.view, question.options) = ("volumes", [:])
        #expect(throws: AnalysisError.self) { try AnalysisKind.anomalies.answer(question, rows) }
    }
}
