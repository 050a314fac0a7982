import Foundation
import Testing
import VarveEvents
import VarveHash

@testable import VarveProjections

/// States as they were first written, kept for good: `Fixtures/states/<name>.v<version>.state`. A change of these bytes is a new
/// version, with files of its own beside these. `VARVE_WRITE_GOLDEN=1` writes those that are missing.
struct GoldenStateTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/states")

    private static let definitions: [AnyView] = [
        .mergeable(
            ViewDefinition("golden_measures") {
                Dimension("component")
                Dimension("status", name: "class", .statusClass)
                Measure.count("events")
                Measure.count("answers", when: .exists(Field("status")))
                Measure.sum("total", of: "duration_ms")
                Measure.min("least", of: "duration_ms")
                Measure.max("most", of: "duration_ms")
                Measure.last("last", of: "user")
                Measure.distinct("users", of: "user")
                Measure.quantiles(of: "duration_ms", [StatisticColumn("p50", .quantile(millionths: 500_000))])
                Measure.topK("top", of: "path", 2)
                Budget(3)
            }),
        .sequential(
            SessionDefinition("golden_sessions", key: ["user"], gapSeconds: 900, attributes: [.last("path"), .sum("bytes")])),
        .sequential(
            EntityDefinition(
                "golden_entities", key: ["api_endpoint"],
                rules: [.opens("retry.attempt"), .closes("retry.success"), .updates("retry.failure", status: .named("failing"))],
                attributes: [.first("component"), .greatest("duration_ms")], transitionsKept: 4)),
    ]

    /// Events that never change: no generator of the library is part of them.
    private static let events: [Event] = (0..<400).map { index in
        var event = Event(
            time: Timestamp(nanoseconds: 1_767_225_600_000_000_000 + Int64(index * index % 9_001) * 20_000_000_000),
            signal: ["retry.attempt", "retry.success", "retry.failure", "http.request"][index * 7 % 4],
            observed: Timestamp(nanoseconds: 1_767_300_000_000_000_000 + Int64(index) * 1_000_000))
        if index % 5 > 0 { event.component = "C\(index % 6)" }
        if index % 3 > 0 { event.user = "ü\(index * 31 % 23)" }
        event.attributes = [
            Attribute("api_endpoint", .string("/api/\(index % 5)")), Attribute("bytes", .int64(Int64(index * 97 % 1_013))),
            Attribute("duration_ms", index % 2 == 0 ? .double(Double(index * 37 % 911) / 8) : .int64(Int64(index % 50) - 3)),
            Attribute("path", .string("/p/\(index % 9)")), Attribute("status", .int64([200, 404, 503][index % 3])),
        ]
        return event
    }

    private static func bytes(_ view: AnyView) throws -> [UInt8] {
        switch view {
        case .mergeable(let definition):
            var states = ViewStates(FoldPlan([definition]))
            for batch in EventStreams.batches(events, size: 64) { states.fold(batch) }
            return try #require(states.state(of: definition)).canonicalBytes()
        case .sequential(let projection):
            var state = SequentialState(projection)
            for batch in EventStreams.batches(events, size: 64) { try state.fold(batch) }
            return state.canonicalBytes()
        }
    }

    /// The versions of states that are not of the first one.
    private static let versions = ["golden_entities": 3, "golden_measures": 2, "golden_sessions": 2]

    @Test(arguments: definitions.indices)
    func `a state is written today as it was then, and reads back`(index: Int) throws {
        let view = Self.definitions[index]
        let file = Self.folder.appending(path: "\(view.name).v\(Self.versions[view.name] ?? 1).state")
        let bytes = try Self.bytes(view)
        let writes = ProcessInfo.processInfo.environment["VARVE_WRITE_GOLDEN"] == "1"
        if writes, !FileManager.default.fileExists(atPath: file.path()) {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: file)
        }
        let golden = try [UInt8](Data(contentsOf: file))
        #expect(bytes == golden, "\(view.name): the bytes of a state have changed")
        switch view {
        case .mergeable(let definition):
            #expect(try ViewState(canonicalBytes: golden, definition: definition).canonicalBytes() == golden)
        case .sequential(let projection):
            #expect(try SequentialState(canonicalBytes: golden, projection: projection).canonicalBytes() == golden)
        }
    }

    @Test func `least and greatest numbers of version 1, all of them doubles, are taken over`() throws {
        guard case .mergeable(let definition) = Self.definitions[0] else { return }
        let golden = try [UInt8](Data(contentsOf: Self.folder.appending(path: "golden_measures.v1.state")))
        #expect(definition.former.map(\.bytes) == [Array(golden[8..<40])])
        #expect(throws: StateError.self) { try ViewState(canonicalBytes: golden, definition: definition) }
        let old = try ViewState(canonicalBytes: golden, ofSameForm: definition)
        let new = try ViewState(canonicalBytes: Self.bytes(.mergeable(definition)), definition: definition)
        func numbers(_ state: ViewState) throws -> [[Double?]] {
            try state.rows(ViewQuery(bucket: .hour)).map { row in ["least", "most", "total", "p50"].map { row[$0]?.number } }
        }
        #expect(try numbers(old) == numbers(new))
        #expect(try new.rows(ViewQuery(bucket: .all)).contains { row in if case .int? = row["least"] { true } else { false } })
    }

    @Test func `sessions of version 1 are taken over: what they were, and what comes later`() throws {
        guard case .sequential(let projection) = Self.definitions[1] else { return }
        let golden = try [UInt8](Data(contentsOf: Self.folder.appending(path: "golden_sessions.v1.state")))
        #expect(throws: StateError.self) { try SequentialState(canonicalBytes: golden, projection: projection) }
        let digest = try #require(SHA256Digest(bytes: Array(golden[8..<40])))
        #expect(projection.former == [digest])
        var state = try SequentialState(canonicalBytes: golden, former: digest, of: projection)
        let before = try state.rows()
        let first = try #require(before.first)
        guard case .time(let end)? = first["end"], case .string(let user)? = first["user"] else { return }
        var event = Event(time: end, signal: "http.request", observed: end, attributes: [Attribute("bytes", .int64(1_000))])
        event.user = user
        var batch = try #require(EventStreams.batches([event], size: 1).first)
        batch.firstOffset = Offset(400)
        try state.fold(batch)
        let after = try #require(try state.rows().first)
        func number(_ row: ViewRow, _ column: String) -> Double { row[column]?.number ?? .nan }
        #expect(number(after, "events") == number(first, "events") + 1)
        #expect(number(after, "bytes") == number(first, "bytes") + 1_000)
        #expect(try state.rows().dropFirst() == before.dropFirst())
        let again = try SequentialState(canonicalBytes: state.canonicalBytes(), projection: projection)
        #expect(try again.rows() == state.rows())
    }

    @Test func `entities of version 2, which updates did not reopen, are taken over`() throws {
        guard case .sequential(let projection) = Self.definitions[2] else { return }
        let golden = try [UInt8](Data(contentsOf: Self.folder.appending(path: "golden_entities.v2.state")))
        #expect(throws: StateError.self) { try SequentialState(canonicalBytes: golden, projection: projection) }
        let digest = try #require(SHA256Digest(bytes: Array(golden[8..<40])))
        #expect(projection.former.first == digest)
        let state = try SequentialState(canonicalBytes: golden, former: digest, of: projection)
        #expect(try state.rows().map { $0["events"] } == [.int(60), .int(60), .int(60), .int(60), .int(60)])
        // The entries are the same bytes: only the definition in front of them differs.
        #expect(Array(state.canonicalBytes()[40...]) == Array(golden[40...]))
    }

    @Test func `entities of version 1 are taken over: what they were, and what comes later`() throws {
        guard case .sequential(let projection) = Self.definitions[2] else { return }
        let golden = try [UInt8](Data(contentsOf: Self.folder.appending(path: "golden_entities.v1.state")))
        #expect(throws: StateError.self) { try SequentialState(canonicalBytes: golden, projection: projection) }
        let digest = try #require(SHA256Digest(bytes: Array(golden[8..<40])))
        #expect(projection.former.last == digest && projection.former.count == 2)
        var state = try SequentialState(canonicalBytes: golden, former: digest, of: projection)
        let rows = try state.rows()
        #expect(rows.count == 5)
        #expect(rows.map { $0["events"] } == [.int(60), .int(60), .int(60), .int(60), .int(60)])
        let transitions = try state.rows(SequentialQuery(table: "transitions"))
        #expect(transitions.count == 20)
        // What is newer counts, what is older comes too late, and is counted.
        let since = try #require(rows[0]["since"])
        guard case .time(let moment) = since else { return }
        let isFailing = rows[0]["status"] == .string("failing")
        for (offset, hours) in [(400, 1), (401, -1)] {
            let time = Timestamp(nanoseconds: moment.nanoseconds + Int64(hours) * 3_600_000_000_000)
            let event = Event(
                time: time, signal: isFailing ? "retry.attempt" : "retry.failure", observed: time,
                attributes: [Attribute("api_endpoint", .string("/api/0"))])
            var batch = try #require(EventStreams.batches([event], size: 1).first)
            batch.firstOffset = Offset(UInt64(offset))
            try state.fold(batch)
        }
        let after = try #require(try state.rows().first)
        #expect(after["since"] == .time(Timestamp(nanoseconds: moment.nanoseconds + 3_600_000_000_000)))
        #expect(after["status"] == .string(isFailing ? "open" : "failing"))
        #expect(after["late_unapplied"] == .int(1) && after["events"] == .int(62))
        let again = try SequentialState(canonicalBytes: state.canonicalBytes(), projection: projection)
        #expect(try again.rows() == state.rows())
    }
}
