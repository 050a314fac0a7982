import Testing
import VarveEvents
import VarveSettings

@testable import VarveProjections

/// Two hours ahead in summer, one in winter; summer 2026 from March 29 to October 25, 01:00 UTC.
private let zone = ZoneRules(
    name: "Test/Berlin", initial: 3_600,
    changes: [.init(second: 1_774_746_000, offset: 7_200), .init(second: 1_792_890_000, offset: 3_600)])!

private let hour: Int64 = 3_600_000_000_000
/// 2026-03-28T00:00Z, a Saturday.
private let start: Int64 = 1_774_656_000_000_000_000

private func view(_ zone: BucketZone, _ dimensions: [Dimension] = []) -> ViewDefinition {
    ViewDefinition(
        name: "v", levels: [.day, .all], zone: zone, dimensions: dimensions,
        measures: [.count("events"), .last("at", of: "hour")])
}

/// One event an hour, for four days.
private func states(_ views: [ViewDefinition]) -> ViewStates {
    let events = (0..<96).map { index in
        Event(
            time: Timestamp(nanoseconds: start + Int64(index) * hour), signal: index % 3 == 0 ? "a" : "b",
            attributes: [Attribute("hour", .int64(Int64(index)))])
    }
    var states = ViewStates(FoldPlan(views))
    for batch in EventStreams.batches(events, size: 17) { states.fold(batch) }
    return states
}

struct ZoneTests {
    @Test func `a day of a named zone begins at its midnight, and the day the clocks change is shorter`() throws {
        let utc = view(.utc)
        let local = view(.named(zone))
        var renamed = utc
        renamed.name = "utc"
        let all = states([local, renamed])
        let days = try #require(all.state(of: local)).rows(ViewQuery(bucket: .day))
        #expect(days.map { $0.time?.nanoseconds } == [-1, 23, 46, 70, 94].map { start + $0 * hour })
        #expect(days.map { $0["events"] } == [.int(23), .int(23), .int(24), .int(24), .int(2)])
        #expect(days.map { $0["at"] } == [.int(22), .int(45), .int(69), .int(93), .int(95)])
        let plain = try #require(all.state(of: renamed)).rows(ViewQuery(bucket: .day))
        #expect(plain.map { $0["events"] } == [24, 24, 24, 24].map { .int($0) })
        let from = ViewQuery(bucket: .day, from: Timestamp(nanoseconds: start + 46 * hour))
        #expect(try #require(all.state(of: local)).rows(from).count == 3)
        let before = ViewQuery(bucket: .day, to: Timestamp(nanoseconds: start + 46 * hour))
        #expect(try #require(all.state(of: local)).rows(before).count == 2)
    }

    @Test func `the hour of the week is that of the zone`() throws {
        let local = view(.named(zone), [.hourOfWeek()])
        let rows = try #require(states([local]).state(of: local)).rows(ViewQuery(bucket: .all))
        // From Saturday 01:00 on; on Sunday 03:00 follows on 01:59.
        let hours = rows.compactMap { row -> Int64? in if case .int(let hour)? = row["hour_of_week"] { hour } else { nil } }
        #expect(!hours.contains(6 * 24 + 2))
        #expect(hours.contains(5 * 24 + 1))
        #expect(!hours.contains(5 * 24))
        #expect(rows.reduce(0) { $0 + ($1["events"]?.number ?? 0) } == 96)
        let utc = view(.utc, [.hourOfWeek("h")])
        let plain = try #require(states([utc]).state(of: utc)).rows(ViewQuery(bucket: .all))
        #expect(plain.count == 96)
        #expect(plain.first?["h"] == .int(0))
    }

    @Test func `a rate is divided by how long its bucket was: 23, 24 or 25 hours`() throws {
        var local = view(.named(zone))
        local.derived = [DerivedColumn("per_second", .ratePerSecond(of: "events"))]
        // One event an hour around both changes; the day of the second one has 25 of them.
        for (first, lengths) in [(start, [23, 24, 24]), (1_792_713_600_000_000_000, [24, 25, 24])] {
            let events = (0..<96).map { Event(time: Timestamp(nanoseconds: first + Int64($0) * hour), signal: "a") }
            var states = ViewStates(FoldPlan([local]))
            for batch in EventStreams.batches(events, size: 40) { states.fold(batch) }
            let state = try #require(states.state(of: local))
            let whole = try state.rows(ViewQuery(bucket: .day)).dropFirst().dropLast().prefix(3)
            #expect(whole.map { $0["events"] } == lengths.map { .int(Int64($0)) })
            for row in whole { #expect(row["per_second"] == .double(1.0 / 3_600), "\(row)") }
            let all = try state.rows(ViewQuery(bucket: .all))
            #expect(all[0]["per_second"] == .null)
            let range = ViewQuery(
                bucket: .all, from: Timestamp(nanoseconds: first), to: Timestamp(nanoseconds: first + 96 * hour))
            // All events lie in it, though it cuts days of the zone.
            #expect(try state.table(range).rows[0]["per_second"] == .double(1.0 / 3_600))
        }
    }

    @Test func `other rules are another view`() throws {
        let other = try #require(ZoneRules(name: zone.name, initial: zone.initial, changes: Array(zone.changes.prefix(1))))
        let prints = Set([view(.utc), view(.named(zone)), view(.named(other))].map { "\($0.fingerprint)" })
        #expect(prints.count == 3)
        #expect(ZoneRules(name: "x", initial: 0, changes: zone.changes.reversed()) == nil)
        #expect(ZoneRules(name: "x", initial: 90_000, changes: []) == nil)
    }

    @Test func `local times go and come back, also where clocks jump`() {
        for second in [Int64(1_774_745_999), 1_774_746_000, 1_774_750_000, 1_792_889_999, 1_792_890_000, 0, -5] {
            let time = second * 1_000_000_000
            let back = zone.first(local: zone.local([time])[0])
            #expect(zone.local([back])[0] >= zone.local([time])[0])
            #expect(back <= time)
        }
        // 02:30 of the day that has none is the moment of the jump.
        #expect(zone.first(local: (1_774_746_000 + 5_400) * 1_000_000_000) == 1_774_746_000_000_000_000)
    }

    @Test(arguments: [
        ("zone: Nowhere/City", "there is no time zone"),
        ("dimensions: [{time: minute}]", "hour_of_week"), ("dimensions: [{time: hour_of_week, prefix: 3}]", "only has a name"),
    ])
    func `what makes no sense in a view file is named`(text: String, reason: String) {
        let yaml = "name: v\nmeasures: {events: count}\n" + text
        #expect {
            try ViewDefinition(yaml: yaml, file: "v.yaml") { $0 == zone.name ? zone : nil }
        } throws: { "\($0)".contains(reason) && "\($0)".contains("v.yaml:") }
    }

    @Test func `a view file with a zone is the view it describes`() throws {
        let yaml = """
            name: v
            zone: Test/Berlin
            buckets: [day, all]
            dimensions: [{time: hour_of_week}]
            measures: {events: count, at: {last: hour}}
            """
        let read = try ViewDefinition(yaml: yaml, file: "v.yaml") { $0 == zone.name ? zone : nil }
        #expect(read.fingerprint == view(.named(zone), [.hourOfWeek()]).fingerprint)
    }
}
