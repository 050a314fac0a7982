import GRDB
import Testing
import VarveEvents
import VarveProjections

@testable import VarveViews

struct ZoneRowTests {
    @Test func `SQL views of a view with a zone show its local times with their offsets, as answers do`() async throws {
        let log = TestLog(seed: 930)
        try await log.append(400)
        let zone = BucketZone.named(try #require(ZoneRules(named: "Europe/Berlin")))
        var view = ViewDefinition("zoned") { Measure.count("events") }
        view.zone = zone
        _ = try Projector.open(at: log.path, views: [view]).runHere()
        for level in [BucketLevel.hour, .day] {
            let answer = try ViewAnswers.open(at: log.path).answer(ViewRequest(.mergeable(view), bucket: level))
            let times = answer.rows.map { row in row.time.map { zone.text($0) } }
            #expect(times.count > 1 && times.allSatisfy { $0?.contains("+0") == true })
            let found = try log.select("SELECT time, epoch FROM zoned_\(level.name) ORDER BY epoch")
            #expect(found.map { String.fromDatabaseValue($0[0]) } == times)
            let seconds = answer.rows.map { $0.time.map { $0.nanoseconds / 1_000_000_000 } }
            #expect(found.map { Int64.fromDatabaseValue($0[1]) } == seconds)
        }
    }

    @Test func `zones are known by former and current names, and what is none is refused, never UTC`() {
        for (name, seconds) in [("Asia/Kolkata", 19_800), ("Asia/Calcutta", 19_800), ("Europe/Berlin", 3_600), ("UTC", 0)] {
            #expect(ZoneRules(named: name)?.initial == Int64(seconds), "\(name)")
        }
        for name in ["CET", "EST", "Nowhere", "Europe/Nowhere", "Europe", "Europe/", "Europe/../Europe/Berlin", "/UTC", ""] {
            #expect(ZoneRules(named: name) == nil, "\(name)")
        }
    }
}
