import Testing
import VarveEvents
import VarveTestSupport

@testable import VarveProjections

private let start: Int64 = 1_750_000_000_000_000_000
private let minute: Int64 = 60_000_000_000
private let gap: Int64 = 5 * minute

private let visits = SessionDefinition(
    "visits", key: ["session"], gapSeconds: 300,
    attributes: [.first("page", as: "entry"), .last("page", as: "exit"), .greatest("load"), .sum("cost")])

/// Events of three sessions' names over four hours, several of one moment.
private func events(_ count: Int, _ random: inout SeededRandom) -> [Event] {
    (0..<count).map { _ in
        let time = start + Int64.random(in: 0..<240, using: &random) * minute
        var event = Event(time: Timestamp(nanoseconds: time), signal: "page.view")
        event.session = "s\(Int.random(in: 0..<3, using: &random))"
        event.attributes = [
            Attribute("page", .string("/\(Int.random(in: 0..<9, using: &random))")),
            Attribute("load", .int64((1 << 60) + Int64.random(in: 0..<5, using: &random))),
            Attribute("cost", Int.random(in: 0..<9, using: &random) == 0 ? .string("free") : .double(0.1)),
        ]
        return event
    }
}

private func folded(_ events: [Event], by size: Int, putAway: Bool = false, keeps days: Int64 = 30) throws -> SequentialState {
    var view = visits
    view.limits.keepsFinished = days * 86_400_000_000_000
    var state = SequentialState(view)
    for first in Swift.stride(from: 0, to: events.count, by: size) {
        var builder = BatchBuilder()
        for (index, event) in events[first..<min(first + size, events.count)].enumerated() {
            var event = event
            event.observed = event.observed ?? Timestamp(nanoseconds: start + Int64(first + index))
            builder.append(event)
        }
        var batch = builder.finish()
        batch.firstOffset = Offset(UInt64(first))
        try state.fold(batch)
        if putAway { state = try SequentialState(canonicalBytes: state.canonicalBytes(), projection: view) }
    }
    return state
}

private func said(_ state: SequentialState) throws -> [String] {
    try state.rows().map { row in row.values.map { "\($0.name)=\($0.value.text ?? "–")" }.joined(separator: " ") }
}

struct SessionOrderTests {
    @Test(arguments: 1...24)
    func `any order of the same events gives the same sessions, those of one pass over the sorted ones`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let all = events(Int.random(in: 1...150, using: &random), &random)
        let sorted = all.sorted { $0.time < $1.time }
        let expected = try said(folded(sorted, by: 64))
        #expect(Set(try naive(sorted)) == Set(expected.map(head)))
        for size in [1, 7, 64] {
            #expect(try said(folded(all.shuffled(using: &random), by: size, putAway: size == 7)) == expected)
        }
        #expect(try said(folded(sorted.reversed(), by: 10)) == expected)
    }

    /// Sessions counted by hand: key, number, start, end, events.
    private func naive(_ sorted: [Event]) throws -> [String] {
        var parts: [String: [[Event]]] = [:]
        for event in sorted {
            let name = try #require(event.session)
            var sessions = parts[name] ?? []
            if let last = sessions.last?.last?.time.nanoseconds, event.time.nanoseconds - last <= gap {
                sessions[sessions.count - 1].append(event)
            } else {
                sessions.append([event])
            }
            parts[name] = sessions
        }
        return try parts.flatMap { name, sessions in
            try sessions.enumerated().map { index, events in
                let (first, last) = (try #require(events.first?.time), try #require(events.last?.time))
                let times = [first, last].map { ViewValue.time($0).text ?? "" }
                return "\(name) \(index + 1) \(times[0]) \(times[1]) \(events.count)"
            }
        }
    }

    private func head(_ row: String) -> String {
        var values: [String: Substring] = [:]
        for part in row.split(separator: " ") {
            let sides = part.split(separator: "=", maxSplits: 1)
            values[String(sides[0])] = sides[1]
        }
        return ["session", "number", "start", "end", "events"].map { String(values[$0] ?? "?") }.joined(separator: " ")
    }

    @Test func `a late event joins the two sessions that it lies between`() throws {
        func view(_ minutes: Int64) -> Event {
            var event = Event(time: Timestamp(nanoseconds: start + minutes * minute), signal: "page.view")
            event.session = "a"
            return event
        }
        let apart = try folded([0, 9, 30, 60].map(view), by: 10).rows()
        #expect(apart.map { $0["number"] } == [.int(4), .int(1), .int(2), .int(3)])
        let joined = try folded([0, 9, 30, 60, 5].map(view), by: 10).rows()
        #expect(joined.map { $0["number"] } == [.int(3), .int(1), .int(2)])
        #expect(joined.map { $0["events"] } == [.int(1), .int(3), .int(1)])
        let before = try folded([0, 9, 30, 60, -20].map(view), by: 10).rows()
        #expect(before.map { $0["number"] } == [.int(5), .int(1), .int(2), .int(3), .int(4)])
        #expect(before.map { $0["late"] } == Array(repeating: .int(0), count: 5))
    }

    @Test func `where older sessions have gone, what is from before them is a session of its own, and late`() throws {
        func view(_ minutes: Int64, appended days: Int64) -> Event {
            var event = Event(
                time: Timestamp(nanoseconds: start + minutes * minute), signal: "page.view",
                observed: Timestamp(nanoseconds: start + days * 86_400_000_000_000))
            event.session = "a"
            return event
        }
        let all = [view(0, appended: 0), view(60, appended: 0), view(120, appended: 9), view(121, appended: 12)]
        let state = try folded(all + [view(-50, appended: 21)], by: 1, keeps: 10)
        #expect(state.tally.swept == 2)
        let rows = try state.rows()
        #expect(rows.map { $0["number"] } == [.int(4), .int(3)])
        #expect(rows.map { $0["late"] } == [.int(0), .int(1)])
        #expect(rows.map { $0["events"] } == [.int(2), .int(1)])
    }

    @Test func `a limit counts sessions, and what is beyond it takes nothing away`() throws {
        var view = visits
        view.limits.entries = 2
        var state = SequentialState(view)
        for (offset, minutes) in [0, 20, 40, 41, -20, 1].enumerated() {
            var event = Event(time: Timestamp(nanoseconds: start + Int64(minutes) * minute), signal: "page.view")
            (event.session, event.observed) = ("a", Timestamp(nanoseconds: start))
            var builder = BatchBuilder()
            builder.append(event)
            var batch = builder.finish()
            batch.firstOffset = Offset(UInt64(offset))
            try state.fold(batch)
        }
        #expect(state.tally.leftOut == 3)
        #expect(try state.rows().map { $0["events"] } == [.int(1), .int(2)])
    }
}
