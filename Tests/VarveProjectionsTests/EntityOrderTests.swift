import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveProjections

private let start: Int64 = 1_750_000_000_000_000_000
private let minute: Int64 = 60_000_000_000

private func things(_ kept: Int) -> EntityDefinition {
    EntityDefinition(
        "things", key: ["thing"],
        rules: [
            .opens("thing.opened", status: .field("status")),
            .closes("thing.updated", when: .field("status", isWord: "resolved", "closed"), status: .field("status")),
            .updates("thing.updated", status: .field("status")),
        ],
        attributes: [
            .first("title"), .last("severity"), .least("load", as: "least"), .greatest("load", as: "greatest"), .sum("cost"),
        ],
        order: ["open", "investigating", "identified", "monitoring", "resolved", "closed"], transitionsKept: kept)
}

/// Events of a few things: statuses in any letters, many of one moment, some without a status, numbers beyond 2^53.
private func events(_ count: Int, _ random: inout SeededRandom) -> [Event] {
    let words = ["investigating", "Identified", "MONITORING", "Resolved", "closed", "watching", "looking"]
    return (0..<count).map { _ in
        let isOpening = Int.random(in: 0..<5, using: &random) == 0
        var attributes = [Attribute("thing", .string("t\(Int.random(in: 0..<3, using: &random))"))]
        if Int.random(in: 0..<4, using: &random) > 0 {
            attributes.append(Attribute("status", .string(isOpening ? "Open" : words.randomElement(using: &random)!)))
        }
        attributes.append(Attribute("title", .string("title \(Int.random(in: 0..<9, using: &random))")))
        if Bool.random(using: &random) {
            attributes.append(Attribute("severity", .string(["low", "high"].randomElement(using: &random)!)))
        }
        attributes.append(Attribute("load", .int64((1 << 60) + Int64.random(in: 0..<5, using: &random))))
        attributes.append(Attribute("cost", .double(Double.random(in: 0..<9, using: &random))))
        let time = Timestamp(nanoseconds: start + Int64.random(in: 0..<40, using: &random) * minute)
        return Event(time: time, signal: isOpening ? "thing.opened" : "thing.updated", attributes: attributes)
    }
}

private func batches(_ events: [Event], from offset: Int = 0, by size: Int) -> [EventBatch] {
    stride(from: 0, to: events.count, by: size).map { first in
        var builder = BatchBuilder()
        for (index, event) in events[first..<min(first + size, events.count)].enumerated() {
            var event = event
            event.observed = Timestamp(nanoseconds: start + Int64(offset + first + index))
            builder.append(event)
        }
        var batch = builder.finish()
        batch.firstOffset = Offset(UInt64(offset + first))
        return batch
    }
}

private func folded(_ view: EntityDefinition, _ events: [Event], by size: Int = 64) throws -> SequentialState {
    var state = SequentialState(view)
    for batch in batches(events, by: size) { try state.fold(batch) }
    return state
}

/// What all three tables say, but for offsets, which are of the order in which the events came.
private func said(_ state: SequentialState) throws -> [String] {
    try state.projection.tables.flatMap { table in
        try state.rows(SequentialQuery(table: table.name)).map { row -> String in
            let values = row.values.filter { $0.name != "offset" }.map { "\($0.name)=\($0.value.text ?? "–")" }
            return "\(table.name): " + values.joined(separator: " ")
        }
    }
}

/// One thing, in the plainest way: all its events sorted, and gone through once.
private struct PlainThing {
    var status = "", isOpen = false, opened: Int64 = 0, since: Int64 = 0, closed: Int64?, open: Int64 = 0, transitions = 0

    init(_ events: [Event]) {
        let order = ["open", "investigating", "identified", "monitoring", "resolved", "closed"]
        func word(_ event: Event) -> String? {
            guard case .string(let text)? = event[attribute: "status"] else { return nil }
            return text.lowercased()
        }
        func effect(_ event: Event) -> Int {
            if event.signal == "thing.opened" { return 1 }
            return ["resolved", "closed"].contains(word(event)) ? 3 : 2
        }
        func place(_ event: Event) -> (Int64, Int, Int, Int, String) {
            let own = word(event)
            let index = own.map { order.firstIndex(of: $0) ?? order.count } ?? -1
            return (event.time.nanoseconds, effect(event), own == nil ? 0 : 1, index, own ?? "")
        }
        for (number, event) in events.sorted(by: { place($0) < place($1) }).enumerated() {
            let time = event.time.nanoseconds
            if number == 0 {
                (status, isOpen, opened, since, transitions) = (word(event) ?? "open", effect(event) != 3, time, time, 1)
                if !isOpen { closed = time }
                continue
            }
            let goesOn = effect(event) == 2 && word(event).map { $0 != status } ?? false
            let reopens = !isOpen && (effect(event) == 1 || goesOn)
            let closes = effect(event) == 3 && isOpen
            let next = word(event) ?? (reopens ? "open" : status)
            guard reopens || closes || next != status else { continue }
            if isOpen { open += time - since }
            (status, since, transitions) = (next, time, transitions + 1)
            if closes { (isOpen, closed) = (false, time) }
            if reopens { (isOpen, closed) = (true, nil) }
        }
    }
}

struct EntityOrderTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func `events in any order, in any batches, give the rows of one plain pass over the sorted events`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let view = things(200)
        for _ in 0..<12 {
            let all = events(Int.random(in: 1...120, using: &random), &random)
            let wanted = try said(folded(view, all))
            let newest = all.map(\.time.nanoseconds).max() ?? 0
            let byThing = Dictionary(grouping: all) { event in event[attribute: "thing"].map { "\($0)" } ?? "" }
            for row in try folded(view, all).rows() {
                let plain = PlainThing(byThing["string(\"\(row["thing"]?.text ?? "")\")"] ?? [])
                #expect(row["status"] == .string(plain.status) && row["open"] == .bool(plain.isOpen))
                #expect(row["opened"] == .time(Timestamp(nanoseconds: plain.opened)))
                #expect(row["since"] == .time(Timestamp(nanoseconds: plain.since)))
                #expect(row["closed"] == (plain.closed.map { .time(Timestamp(nanoseconds: $0)) } ?? .null))
                let open = plain.open + (plain.isOpen ? newest - plain.since : 0)
                #expect(row["seconds_open"]?.text == "\(open / 1_000_000_000)")
                #expect(row["transitions"] == .int(Int64(plain.transitions)))
                #expect(row["late_unapplied"] == .int(0))
            }
            for size in [1, 7, 200] {
                let other = all.shuffled(using: &random)
                #expect(try said(folded(view, other, by: size)) == wanted, "seed \(seed)")
                // Put away at any point and gone on from there.
                let cut = Int.random(in: 0...other.count, using: &random)
                let half = try folded(view, Array(other[..<cut]), by: size)
                var rest = try SequentialState(canonicalBytes: half.canonicalBytes(), projection: view)
                for batch in batches(Array(other[cut...]), from: cut, by: size) { try rest.fold(batch) }
                #expect(try said(rest) == wanted)
                #expect(try rest.canonicalBytes() == folded(view, other, by: 1).canonicalBytes())
            }
            // Newest first, as feeds are.
            #expect(try said(folded(view, all.sorted { $0.time > $1.time })) == wanted)
        }
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `what is older than the changes that are kept is counted with the thing, never wrong without a word`(
        seed: UInt64
    ) throws {
        var random = SeededRandom(seed: seed &+ 50)
        var unapplied: Int64 = 0
        for _ in 0..<40 {
            let all = events(Int.random(in: 1...60, using: &random), &random)
            let whole = try folded(things(1_000), all).rows()
            for kept in [1, 2, 5] {
                let sorted = try folded(things(kept), all.sorted { $0.time < $1.time }).rows()
                let any = try folded(things(kept), all.shuffled(using: &random)).rows()
                for (wanted, (row, late)) in zip(whole, zip(sorted, any)) {
                    // Events of one moment come in any order even here; the last change alone may be too few for them.
                    if row["late_unapplied"] == .int(0) { #expect(row == wanted) }
                    if late["late_unapplied"] == .int(0) { #expect(late == wanted) }
                    for column in ["events", "title", "severity", "least", "greatest", "cost"] {
                        #expect(late[column] == wanted[column], "\(column) is complete however late its event is")
                    }
                    if case .int(let count)? = late["late_unapplied"] { unapplied += count }
                }
            }
        }
        #expect(unapplied > 100, "the test would show nothing")
    }

    @Test func `many events that say the same are one change, and what comes late still finds its place`() throws {
        let view = EntityDefinition(
            "services", key: ["service"], rules: [.updates("check", status: .field("status"))], transitionsKept: 8)
        func check(_ minutes: Double, _ status: String) -> Event {
            Event(
                time: Timestamp(nanoseconds: start + Int64(minutes * Double(minute))), signal: "check",
                attributes: [Attribute("service", .string("db")), Attribute("status", .string(status))])
        }
        var all = (0..<500).map { check(Double($0), (200..<210).contains($0) ? "down" : "up") }
        // The newest checks stand one by one.
        all.append(check(497.5, "slow"))
        let row = try #require(try folded(view, all).rows().first)
        #expect(row["transitions"] == .int(5) && row["status"] == .string("up") && row["late_unapplied"] == .int(0))
        let times = try folded(view, all).rows(SequentialQuery(table: "times"))
        #expect(times.map { $0["seconds"]?.text } == ["29310", "600", "30"])
        // In the middle of a hundred that stand as one, nobody knows when it was up again.
        all.append(check(100.5, "slow"))
        #expect(try folded(view, all).rows().first?["late_unapplied"] == .int(1))
        // The transitions of long ago are there all the same.
        #expect(try folded(view, all).rows(SequentialQuery(table: "transitions")).count == 5)
    }

    @Test func `a thing may be kept from its beginning on, and what went is counted`() throws {
        var view = things(32)
        let day = 1_440 * minute
        view.limits.keepsFinished = 30 * day
        func event(_ signal: String, _ thing: String, _ status: String, after days: Int64, appended: Int64) -> Event {
            Event(
                time: Timestamp(nanoseconds: start + days * day), signal: signal,
                observed: Timestamp(nanoseconds: start + appended * day),
                attributes: [Attribute("thing", .string(thing)), Attribute("status", .string(status))])
        }
        let all = [
            event("thing.opened", "a", "open", after: 0, appended: 20),
            event("thing.updated", "a", "resolved", after: 19, appended: 20),
            event("thing.opened", "b", "open", after: 0, appended: 20),
            event("thing.opened", "c", "open", after: 33, appended: 33),
        ]
        func state(_ view: EntityDefinition) throws -> SequentialState {
            var state = SequentialState(view)
            for (offset, event) in all.enumerated() {
                var builder = BatchBuilder()
                builder.append(event)
                var batch = builder.finish()
                batch.firstOffset = Offset(UInt64(offset))
                try state.fold(batch)
            }
            return state
        }
        #expect(try state(view).rows().map { $0["thing"]?.text } == ["a", "b", "c"])
        var fromBeginning = view
        fromBeginning.limits.countsFromBeginning = true
        #expect(try state(fromBeginning).rows().map { $0["thing"]?.text } == ["b", "c"])
        #expect(try state(fromBeginning).tally.swept == 1)
        #expect(fromBeginning.fingerprint != view.fingerprint)
    }
}
