import Testing
import VarveEvents
import VarveProjections
import VarveTestSupport

@testable import VarveCatalog

/// Some eight hundred incidents of three years as a status page tells of them: minutes without seconds, words in capitals, often
/// several updates in one minute, all of it newest first.
private struct IncidentFeed {
    struct Incident {
        var id: String
        var opened: Int64
        /// Nil while it goes on.
        var closed: Int64?
        var updates: Int
    }

    static let minute: Int64 = 60_000_000_000
    static let begin: Int64 = 1_640_995_200_000_000_000
    var incidents: [Incident] = []
    /// In the order of the incidents' own times.
    var events: [Event] = []
    let newest: Int64

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var at = Self.begin
        for number in 0..<800 {
            at += Int64.random(in: 1...3_900, using: &random) * Self.minute
            let words = ["Investigating", "Identified", "Monitoring"].prefix(Int.random(in: 0...3, using: &random))
            var time = at
            var updates = [(time, "incident.opened", nil as String?)]
            for word in words {
                // Often in the same minute as what was before.
                time += Bool.random(using: &random) ? 0 : Int64.random(in: 1...90, using: &random) * Self.minute
                updates.append((time, "incident.updated", word))
            }
            let goesOn = number % 97 == 96
            if !goesOn {
                time += Int.random(in: 0..<3, using: &random) == 0 ? 0 : Int64.random(in: 1...300, using: &random) * Self.minute
                updates.append((time, "incident.updated", "Resolved"))
            }
            incidents.append(Incident(id: "i\(number)", opened: at, closed: goesOn ? nil : time, updates: updates.count))
            for (moment, signal, word) in updates {
                var event = Event(time: Timestamp(nanoseconds: moment), signal: signal)
                event.attributes = [Attribute("incident_id", .string("i\(number)")), Attribute("title", .string("no \(number)"))]
                if let word { event.attributes.append(Attribute("status", .string(word))) }
                events.append(event)
            }
        }
        newest = events.map(\.time.nanoseconds).max() ?? at
    }
}

struct IncidentFeedTests {
    private static func state(_ events: [Event]) throws -> SequentialState {
        let view = try #require(Catalog.sequentialViews.first { $0.name == "incidents" })
        var state = SequentialState(view)
        for first in stride(from: 0, to: events.count, by: 500) {
            var builder = BatchBuilder()
            for (index, event) in events[first..<min(first + 500, events.count)].enumerated() {
                var event = event
                // Appended within one minute, long after it all happened.
                event.observed = Timestamp(
                    nanoseconds: IncidentFeed.begin + 90_000_000 * IncidentFeed.minute + Int64(first + index))
                builder.append(event)
            }
            var batch = builder.finish()
            batch.firstOffset = Offset(UInt64(first))
            try state.fold(batch)
        }
        return state
    }

    private static func said(_ state: SequentialState) throws -> [[String?]] {
        try ["entities", "times", "transitions"].flatMap { table in
            try state.rows(SequentialQuery(table: table)).map { row in
                row.values.filter { $0.name != "offset" }.map(\.value.text)
            }
        }
    }

    @Test func `a feed of incidents says the same newest first, oldest first and in any order`() throws {
        let feed = IncidentFeed(seed: 13)
        let newestFirst = try Self.state(feed.events.reversed())
        let rows = Dictionary(uniqueKeysWithValues: try newestFirst.rows().map { ($0["incident_id"]?.text ?? "", $0) })
        #expect(rows.count == 800)
        for incident in feed.incidents {
            let row = try #require(rows[incident.id])
            #expect(row["open"] == .bool(incident.closed == nil), "\(incident.id)")
            #expect(row["opened"] == .time(Timestamp(nanoseconds: incident.opened)))
            #expect(row["closed"] == (incident.closed.map { .time(Timestamp(nanoseconds: $0)) } ?? .null))
            let length = ((incident.closed ?? feed.newest) - incident.opened) / 1_000_000_000
            #expect(row["seconds_open"]?.text == "\(length)", "\(incident.id)")
            #expect(row["events"] == .int(Int64(incident.updates)) && row["late_unapplied"] == .int(0))
            #expect(row["openings"] == .int(1) && row["transitions"] == .int(Int64(incident.updates)))
        }
        #expect(rows.values.filter { $0["open"] == .bool(true) }.count == 8)
        let wanted = try Self.said(newestFirst)
        #expect(try Self.said(Self.state(feed.events)) == wanted)
        var random = SeededRandom(seed: 14)
        for _ in 0..<3 { #expect(try Self.said(Self.state(feed.events.shuffled(using: &random))) == wanted) }
    }

    @Test func `an incident that goes on after it was resolved is open, and one that is written up is not`() throws {
        func update(_ id: String, _ minutes: Int64, _ status: String?) -> Event {
            var event = Event(
                time: Timestamp(nanoseconds: IncidentFeed.begin + minutes * IncidentFeed.minute),
                signal: minutes == 0 ? "incident.opened" : "incident.updated")
            event.attributes = [Attribute("incident_id", .string(id))] + (status.map { [Attribute("status", .string($0))] } ?? [])
            return event
        }
        let events = [
            update("again", 0, nil), update("again", 5, "Resolved"), update("again", 9, "Investigating"),
            update("written up", 0, nil), update("written up", 5, "Resolved"), update("written up", 900, "Postmortem"),
            update("noted", 0, nil), update("noted", 5, "resolved"), update("noted", 7, nil),
        ]
        for order in [Array(events.indices), events.indices.reversed()] {
            let rows = try Self.state(order.map { events[$0] }).rows()
            let found = Dictionary(uniqueKeysWithValues: rows.map { ($0["incident_id"]?.text ?? "", $0) })
            #expect(found["again"]?["open"] == .bool(true) && found["again"]?["status"] == .string("investigating"))
            #expect(found["again"]?["closed"] == .null && found["again"]?["openings"] == .int(2))
            #expect(found["written up"]?["open"] == .bool(false) && found["written up"]?["status"] == .string("postmortem"))
            #expect(found["written up"]?["seconds_open"]?.text == "300")
            #expect(found["noted"]?["open"] == .bool(false))
        }
    }
}
