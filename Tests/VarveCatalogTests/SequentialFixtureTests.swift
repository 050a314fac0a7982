import Testing
import VarveCatalog
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport
import VarveWire

/// `Fixtures/in-order.ndjson`, 30 lines of which one repeats an id, in the order in which they came: not that of their times. The
/// newest is of 2026-03-02T12:00.
struct SequentialFixtureTests {
    struct Answer: CustomTestStringConvertible {
        var view: String
        var table: String?
        var key: KeyValuePairs<String, String>
        var values: [String: String?]

        init(_ view: String, _ table: String?, _ key: KeyValuePairs<String, String>, _ values: [String: String?]) {
            (self.view, self.table, self.key, self.values) = (view, table, key, values)
        }

        init(_ view: String, _ key: KeyValuePairs<String, String>, _ values: [String: String?]) {
            self.init(view, nil, key, values)
        }

        var testDescription: String { "\(view) \(table ?? "") \(key)" }
    }

    static let answers: [Answer] = thingAnswers + userAnswers

    private static let thingAnswers: [Answer] = [
        // Open 10:00–10:05, investigating 10:05–10:35. The event of 10:04 came after 10:05's and has its place before it. The
        // second opening repeats an id and is no event. Open for 35 minutes.
        Answer(
            "incidents", ["incident_id": "i-1"],
            [
                "status": "resolved", "open": "false", "seconds_open": "2100", "events": "4", "late_unapplied": "0",
                "severity": "critical", "root_cause": "full disk",
            ]),
        Answer("incidents", "times", ["incident_id": "i-1", "status": "open"], ["seconds": "300"]),
        Answer("incidents", "times", ["incident_id": "i-1", "status": "investigating"], ["seconds": "1800"]),
        // Its opening came after its resolution: it was open from 10:50 to 11:00 all the same.
        Answer(
            "incidents", ["incident_id": "i-2"],
            [
                "status": "resolved", "open": "false", "closed": "2026-03-01T11:00:00Z", "seconds_open": "600",
                "late_unapplied": "0",
            ]),
        // Open debt goes on until the newest event: three hours identified, a day in progress.
        Answer("tech_debt", ["debt_id": "td-1"], ["status": "in-progress", "open": "true", "effort_h": "8"]),
        Answer("tech_debt", "times", ["debt_id": "td-1", "status": "identified"], ["seconds": "10800"]),
        Answer("tech_debt", "times", ["debt_id": "td-1", "status": "in-progress"], ["seconds": "86400"]),
    ]

    private static let userAnswers: [Answer] = [
        // Batches at 8, 14 and (late) 10 h with 10, 30 and 20 items: six hours between three of them are three hours apart. The
        // login has no items and is no batch. Shortest and longest are known as they came: 8 → 14.
        Answer(
            "creator_batches", ["user": "u1"],
            [
                "batches": "3", "items": "60", "batch_size": "20.0", "largest": "30", "interval_s": "10800.0", "per_day": "8.0",
                "longest_s": "21600.0",
            ]),
        // One batch has no interval, and no frequency.
        Answer("creator_batches", ["user": "u2"], ["batches": "1", "batch_size": "1.0", "interval_s": nil, "per_week": nil]),
        // Five actions of u1 from 8:00 to midnight.
        Answer("creator_activity", ["user": "u1"], ["events": "5", "seconds": "57600", "action": "login"]),
        // Pay in s1: 499 ms after the first is a leak, 500 ms after the second is none; the one after the suppression is none. In
        // s2 it is another session's first. One suppressed of two attempted.
        Answer(
            "duplicate_clicks", ["component": "Pay"],
            ["starts": "5", "suppressed": "1", "leaked": "1", "suppression_rate": "0.5"]),
        // Nothing attempted: no rate.
        Answer("duplicate_clicks", ["component": "Cart"], ["starts": "1", "leaked": "0", "suppression_rate": nil]),
        // u1 and u2 on 1 March (a Sunday), both of them again on Monday: u1 at midnight, u2 at noon.
        Answer(
            "user_retention", ["period": "day", "start": "2026-03-01T00:00:00Z"],
            ["active": "2", "returned": "0", "retention": nil]),
        Answer(
            "user_retention", ["period": "day", "start": "2026-03-02T00:00:00Z"],
            ["active": "2", "returned": "2", "before": "2", "retention": "1.0"]),
        // Sunday ends one week, Monday begins the next.
        Answer("user_retention", ["period": "week", "start": "2026-02-23T00:00:00Z"], ["active": "2", "returned": "0"]),
        Answer("user_retention", ["period": "week", "start": "2026-03-02T00:00:00Z"], ["active": "2", "returned": "2"]),
        // Six hours up, one down, then up until noon the next day: 29 hours. Uptime by time is 35 of 36 hours.
        Answer("service_status", ["service": "database"], ["status": "healthy", "transitions": "3", "events": "3"]),
        Answer("service_status", "times", ["service": "database", "status": "healthy"], ["seconds": "126000"]),
        Answer("service_status", "times", ["service": "database", "status": "unhealthy"], ["seconds": "3600"]),
        // Disabled by bob; the limits are still those of ann.
        Answer(
            "metric_thresholds", ["metric_type": "jobs"],
            [
                "status": "disabled", "warning_threshold": "5", "critical_threshold": "10", "updated_by": "bob",
                "transitions": "2",
            ]),
        // Told of its end first: open for the minute between them.
        Answer(
            "alert_states", ["alert_id": "al-1"],
            ["status": "resolved", "open": "false", "events": "2", "seconds_open": "60", "late_unapplied": "0"]),
        Answer("configuration", ["key": "updateInterval"], ["status": "30000", "user": "u2"]),
        // s1 from 0.0 to 1.2 s: five events; s2: two.
        Answer("sessions", ["session": "s1"], ["number": "1", "events": "5", "seconds": "1.2", "component": "Pay"]),
        Answer("sessions", ["session": "s2"], ["events": "2", "seconds": "0.1"]),
    ]

    static func states() async throws -> [String: SequentialState] {
        var decoder = InputDecoder(DecodeOptions(.ndjson, now: Timestamp(nanoseconds: 1_772_668_800_000_000_000)))
        try RepositoryFile(path: "Fixtures/in-order.ndjson").bytes().withUnsafeBytes { decoder.feed($0) }
        decoder.finish()
        let disk = SimulatedDisk()
        let log = try await LogWriter.open(at: "data", disk: disk)
        while let block = decoder.nextBlock(flush: true) {
            #expect(block.rejections.isEmpty)
            if let batch = block.batch { _ = try await log.append(batch) }
        }
        try await log.close()
        var states = Catalog.sequentialViews.map { SequentialState($0) }
        try LogReader.open(at: "data", disk: disk).scan(0..<UInt64.max, onDamage: { Issue.record("\($0)") }) { batch in
            #expect(BatchCheck().check(batch).flags.isEmpty)
            for index in states.indices { try states[index].fold(batch) }
        }
        return Dictionary(uniqueKeysWithValues: states.map { ($0.projection.name, $0) })
    }

    @Test func `the views say what a calculation by hand says`() async throws {
        let states = try await Self.states()
        for answer in Self.answers {
            let state = try #require(states[answer.view], "\(answer.view)")
            let filters = answer.key.map { DimensionFilter($0.key, $0.value) }
            let rows = try state.rows(SequentialQuery(table: answer.table, where: filters))
            #expect(rows.count == 1, "\(answer.testDescription) has \(rows.count) rows")
            for (column, value) in answer.values {
                #expect(rows.first?[column]?.text == value, "\(answer.testDescription).\(column)")
            }
        }
    }

    @Test func `state bytes of every view that is folded in order read back`() async throws {
        for (name, state) in try await Self.states() {
            let bytes = state.canonicalBytes()
            let again = try SequentialState(canonicalBytes: bytes, projection: state.projection)
            #expect(again.canonicalBytes() == bytes && again.viewHash == state.viewHash, "\(name)")
            for length in stride(from: 0, to: bytes.count, by: 7) {
                // Cut short, it is an error, never a trap.
                _ = try? SequentialState(canonicalBytes: Array(bytes[..<length]), projection: state.projection)
            }
        }
    }

    @Test func `views that are folded in order have names of their own, and read what is described`() {
        let names = Catalog.views.map(\.name) + Catalog.describedSequentialViews.map(\.name)
        #expect(Set(names).count == names.count)
        for view in Catalog.describedSequentialViews {
            for id in view.requirements { #expect(RequirementIDs.set.contains(id), "\(view.name): \(id)") }
            for name in view.projection.signals.names { #expect(Catalog.signal(name) != nil, "\(view.name) reads \(name)") }
        }
    }
}
