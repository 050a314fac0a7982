import Testing
import VarveEvents
import VarveHash

@testable import VarveProjections

private let incidents = EntityDefinition(
    "incidents", key: ["incident_id"],
    rules: [
        .opens("incident.opened", status: .field("status")),
        .closes("incident.updated", when: .field("status", isWord: "resolved", "closed"), status: .field("status")),
        .updates("incident.updated", status: .field("status")),
    ],
    attributes: [.first("title"), .last("severity"), .sum("cost"), .greatest("load")])

private let hour: Int64 = 3_600_000_000_000
private let start: Int64 = 1_700_000_000_000_000_000

private func event(_ signal: String, after hours: Double, _ attributes: [String: Value]) -> Event {
    let time = Timestamp(nanoseconds: start + Int64(hours * Double(hour)))
    return Event(
        time: time, signal: signal, observed: time,
        attributes: attributes.sorted { $0.key < $1.key }.map { Attribute($0.key, $0.value) })
}

/// The state after `events`, folded in batches of `size`.
private func folded(_ projection: any SequentialProjection, _ events: [Event], by size: Int = 1_000) throws -> SequentialState {
    var state = SequentialState(projection)
    for first in stride(from: 0, to: events.count, by: size) {
        try state.fold(batch(events[first..<min(first + size, events.count)], at: first))
    }
    return state
}

private func batch(_ events: ArraySlice<Event>, at offset: Int) -> EventBatch {
    var builder = BatchBuilder()
    for (index, event) in events.enumerated() {
        var event = event
        event.observed = event.observed ?? Timestamp(nanoseconds: start + Int64(offset + index) * 1_000)
        builder.append(event)
    }
    var batch = builder.finish()
    batch.firstOffset = Offset(UInt64(offset))
    return batch
}

private let story: [Event] = [
    event("incident.opened", after: 0, ["incident_id": .string("a"), "title": .string("slow"), "severity": .string("low")]),
    event("other", after: 0.5, ["incident_id": .string("a")]),
    event("incident.updated", after: 1, ["incident_id": .string("a"), "status": .string("investigating"), "cost": .int64(2)]),
    event("incident.opened", after: 1, ["incident_id": .string("b"), "status": .string("open"), "load": .double(0.5)]),
    event("incident.updated", after: 3, ["incident_id": .string("a"), "severity": .string("high"), "cost": .double(0.25)]),
    event("incident.updated", after: 4, ["incident_id": .string("a"), "status": .string("resolved")]),
    event("incident.opened", after: 6, ["incident_id": .string("a"), "title": .string("again")]),
    event("incident.updated", after: 5, ["incident_id": .string("a"), "status": .string("investigating")]),
    event("incident.updated", after: 7, ["status": .string("resolved")]),
    event("other", after: 10, [:]),
]

struct SequentialTests {
    @Test func `entities show status, times and attributes as of what was folded`() throws {
        let rows = try folded(incidents, story).rows()
        #expect(rows.map { $0["incident_id"] } == [.string("a"), .string("b")])
        let first = rows[0]
        // The update of hour 5, which came last, reopens it; the opening of hour 6 has no status of its own.
        #expect(first["status"] == .string("investigating"))
        #expect(first["open"] == .bool(true))
        #expect(first["opened"] == .time(Timestamp(nanoseconds: start)))
        #expect(first["since"] == .time(Timestamp(nanoseconds: start + 5 * hour)))
        #expect(first["closed"] == .null)
        #expect(first["seconds_in_status"]?.text == "18000")
        #expect(first["seconds_open"]?.text == "32400")
        #expect(first["events"] == .int(6))
        #expect(first["openings"] == .int(2))
        #expect(first["transitions"] == .int(4))
        #expect(first["late_unapplied"] == .int(0))
        #expect(first["title"] == .string("slow"))
        #expect(first["severity"] == .string("high"))
        #expect(first["cost"]?.text == "2.25")
        #expect(rows[1]["load"] == .double(0.5))
        let then = try folded(incidents, Array(story.prefix(6))).rows()
        #expect(then[0]["closed"] == .time(Timestamp(nanoseconds: start + 4 * hour)))
        #expect(then[0]["seconds_in_status"] == .null)
    }

    @Test func `transitions and times in each status are tables of their own`() throws {
        let state = try folded(incidents, story)
        let filter = DimensionFilter("incident_id", "a")
        let transitions = try state.rows(SequentialQuery(table: "transitions", where: [filter]))
        #expect(transitions.map { $0["status"]?.text } == ["open", "investigating", "resolved", "investigating"])
        #expect(transitions.map { $0["seconds_before"]?.text } == [nil, "3600", "10800", "3600"])
        #expect(transitions.map { $0["offset"]?.text } == ["0", "2", "5", "7"])
        let times = try state.rows(SequentialQuery(table: "times", where: [filter]))
        #expect(times.map { $0["status"]?.text } == ["open", "investigating", "resolved"])
        #expect(times.map { $0["seconds"]?.text } == ["3600", "28800", "0"])
        #expect(throws: QueryError.self) { try state.rows(SequentialQuery(table: "nothing")) }
        #expect(throws: QueryError.self) { try state.rows(SequentialQuery(where: [DimensionFilter("nothing", "a")])) }
    }

    @Test func `entities are chosen by when they were open`() throws {
        let state = try folded(incidents, Array(story.prefix(6)))
        func names(_ from: Double?, _ to: Double?) throws -> [String?] {
            let moments = [from, to].map { $0.map { Timestamp(nanoseconds: start + Int64($0 * Double(hour))) } }
            return try state.rows(SequentialQuery(from: moments[0], to: moments[1])).map { $0["incident_id"]?.text }
        }
        #expect(try names(nil, nil) == ["a", "b"])
        #expect(try names(4.5, nil) == ["b"])
        #expect(try names(nil, 0.5) == ["a"])
    }

    @Test func `a session ends with a gap, and a late event belongs to the session of its own time`() throws {
        let sessions = SessionDefinition("sessions", attributes: [.last("page")])
        var events: [Event] = []
        for (hours, page) in [(0.0, "a"), (0.25, "b"), (0.2, "c"), (1.0, "d"), (0.1, "e"), (1.2, "f")] {
            var made = event("page.view", after: hours, ["page": .string(page)])
            made.session = "s1"
            events.append(made)
        }
        events.append(event("page.view", after: 2, [:]))
        let rows = try folded(sessions, events).rows()
        #expect(rows.map { $0["number"] } == [.int(2), .int(1)])
        #expect(rows.map { $0["events"] } == [.int(2), .int(4)])
        #expect(rows.map { $0["seconds"]?.text } == ["720", "900"])
        #expect(rows.map { $0["late"] } == [.int(0), .int(0)])
        #expect(rows.map { $0["page"] } == [.string("f"), .string("b")])
    }

    @Test(arguments: [1, 7, 100])
    func `batches of any size give one state, and so does going on from bytes`(size: Int) throws {
        let events = EventStreams.random(2_000, seed: 5)
        let projections: [any SequentialProjection] = [
            SessionDefinition("sessions", key: ["user"]),
            EntityDefinition(
                "endpoints", key: ["api_endpoint"],
                rules: [.updates("retry.success", status: .named("good")), .closes("retry.failure")],
                attributes: [.sum("duration_ms"), .least("duration_ms", as: "least")]),
        ]
        for projection in projections {
            let whole = try folded(projection, events)
            #expect(try folded(projection, events, by: size).viewHash == whole.viewHash)
            let middle = size * (1_000 / size)
            let half = try folded(projection, Array(events.prefix(middle)), by: size)
            var rest = try SequentialState(canonicalBytes: half.canonicalBytes(), projection: projection)
            try rest.fold(batch(events[middle...], at: middle))
            #expect(rest.newest == whole.newest)
            #expect(rest.viewHash == whole.viewHash)
            #expect(whole.entryCount > 5)
        }
    }

    @Test func `changes are exactly what differs`() throws {
        let events = EventStreams.random(1_000, seed: 6)
        let projection = SessionDefinition("sessions", key: ["user"], gapSeconds: 600)
        var state = SequentialState(projection)
        state.trackChanges()
        var kept: [[UInt8]: [UInt8]] = [:]
        for first in stride(from: 0, to: 1_000, by: 50) {
            try state.fold(batch(events[first..<(first + 50)], at: first))
            for change in state.takeChanges() { kept[change.key] = change.entry }
            #expect(kept == Dictionary(uniqueKeysWithValues: state.entries().map { ($0.key, $0.entry ?? []) }))
        }
        #expect(state.takeChanges().isEmpty)
        let entries = kept.map { (key: $0.key, entry: $0.value) }
        let again = try SequentialState(projection, newest: state.newest, tally: state.tallyBytes(), entries: entries)
        #expect(again.canonicalBytes() == state.canonicalBytes())
    }

    @Test func `keys beyond the limit are counted and left out, finished ones go after their time`() throws {
        var small = SessionDefinition("sessions", limits: SequentialLimits(entries: 2, keepsFinished: 10 * hour))
        var events = (0..<5).map { index in
            var made = event("x", after: Double(index), [:])
            made.session = "s\(index)"
            return made
        }
        var state = try folded(small, events)
        #expect(state.entryCount == 2)
        #expect(state.tally.leftOut == 3)
        var late = event("x", after: 48, [:])
        late.session = "s9"
        events.append(late)
        state = try folded(small, events)
        #expect(state.tally.swept == 2)
        #expect(try state.rows().map { $0["session"] } == [.string("s9")])
        small.limits.keepsFinished = 100 * hour
        #expect(small.fingerprint != state.projection.fingerprint)
    }

    @Test func `what a poisoned event did is undone, and parking leaves exactly that event out`() throws {
        let picky = Picky()
        let events = (0..<20).map { event("x", after: Double($0), ["number": .int64(Int64($0))]) }
        var state = SequentialState(picky)
        var found: PoisonedEvent?
        do {
            try state.fold(batch(events[...], at: 0))
        } catch {
            found = error
        }
        #expect(found?.offset == Offset(7))
        #expect(found?.reason == "seven")
        var parked: [Offset] = []
        var other = SequentialState(picky)
        try other.fold(batch(events[...], at: 0)) { poisoned in
            parked.append(poisoned.offset)
            return true
        }
        #expect(parked == [Offset(7), Offset(17)])
        #expect(other.tally.parked == 2)
        #expect(try other.rows().first?["sum"]?.text == "\((0..<20).reduce(0, +) - 7 - 17)")
    }

    @Test func `damaged bytes are refused, and never trap`() throws {
        let state = try folded(incidents, story)
        let bytes = state.canonicalBytes()
        #expect(throws: StateError.self) {
            try SequentialState(canonicalBytes: bytes, projection: SessionDefinition("incidents"))
        }
        for length in 0..<bytes.count {
            #expect(throws: StateError.self) {
                try SequentialState(canonicalBytes: Array(bytes[..<length]), projection: incidents)
            }
        }
        for index in bytes.indices {
            for bit in [1, 0x80] as [UInt8] {
                var damaged = bytes
                damaged[index] ^= bit
                _ = try? SequentialState(canonicalBytes: damaged, projection: incidents).rows()
            }
        }
    }
}
