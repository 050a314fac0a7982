import Foundation
import Testing
import VarveCatalog
import VarveEvents
import VarveHash

/// All lines of the traffic.
private func text(_ options: TrafficOptions, chunk: Int = 1 << 20) -> [UInt8] {
    var traffic = TrafficGenerator(options)
    var all: [UInt8] = []
    while case let lines = traffic.nextLines(size: chunk), !lines.isEmpty { all += lines }
    return all
}

/// All events, through columns.
private func events(_ options: TrafficOptions) -> [Event] {
    var traffic = TrafficGenerator(options)
    var builder = BatchBuilder()
    var all: [Event] = []
    while traffic.fill(&builder) > 0 { builder.finish().forEachEvent { _, event in all.append(event) } }
    return all
}

struct TrafficGeneratorTests {
    @Test(arguments: [
        (TrafficOptions(events: 20_000), "12f829fcc8df6e319275f6cdd2c8769bc24e704d3f6f79c7dc663e88a650a51f"),
        (TrafficOptions(events: 20_000, seed: 2), "f91c96fbbbf5f1d0789ba162aa83c54df1540579063bbc598e609939b58d0510"),
        (
            TrafficOptions(events: 20_000, days: 1, ids: true),
            "b816c2d1be1946ee9037dc770c2a656c0dabd486fcf256106cad3d2504c22e55"
        ),
    ])
    func `the same options give the same bytes, on every machine`(options: TrafficOptions, digest: String) {
        let bytes = text(options)
        #expect(bytes == text(options, chunk: 1_000))
        #expect(bytes.withUnsafeBytes { "\(SHA256Digest(of: $0))" } == digest)
    }

    @Test(arguments: [0, 1, 2, 63, 1_000, 70_000])
    func `there are exactly as many events as asked for`(count: Int) {
        let options = TrafficOptions(events: count, days: 3)
        #expect(text(options).count { $0 == UInt8(ascii: "\n") } == count)
        #expect(events(options).count == count)
    }

    @Test func `columns hold the events that the lines say`() throws {
        let options = TrafficOptions(events: 3_000, days: 2, seed: 7, ids: true)
        let lines = text(options).split(separator: UInt8(ascii: "\n"))
        for (line, event) in zip(lines, events(options)) {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            let data = try #require(object["data"] as? [String: Any])
            #expect(object["id"] as? String == event.id)
            #expect(object["time"] as? Int64 == event.time.nanoseconds / 1_000_000)
            #expect(object["signal"] as? String == event.signal)
            #expect(object["component"] as? String == event.component)
            #expect(object["session_id"] as? String == event.session)
            #expect(object["user_id"] as? String == event.user)
            #expect(data.count == event.attributes.count, "\(data) \(event.attributes)")
            for attribute in event.attributes {
                switch attribute.value {
                case .string(let value): #expect(data[attribute.name] as? String == value)
                case .int64(let value): #expect(data[attribute.name] as? Int64 == value)
                case .double(let value): #expect(data[attribute.name] as? Double == value)
                case .bool, .json: Issue.record("\(attribute) is of a type that traffic does not have")
                }
            }
        }
    }

    @Test func `about one event in a hundred comes late, and by little`() {
        let times = events(TrafficOptions(events: 50_000)).map(\.time.nanoseconds)
        let late = zip(times, times.dropFirst()).count { $1 < $0 }
        #expect((250...750).contains(late), "\(late) of 50,000 are late")
    }

    @Test func `an action ends in the session in which it started, as much later as it took`() {
        var starts: [String: Event] = [:]
        var ends = 0
        for event in events(TrafficOptions(events: 50_000, days: 2)).sorted(by: { $0.time < $1.time }) {
            guard case .string(let action) = event[attribute: "action_id"] else { continue }
            if event.signal == "optimistic_action.start" {
                #expect(starts.updateValue(event, forKey: action) == nil, "\(action) starts twice")
            } else if let start = starts[action], case .double(let took) = event[attribute: "duration_ms"] {
                ends += 1
                #expect(start.session == event.session && start.user == event.user && start.component == event.component)
                #expect(event.time.nanoseconds - start.time.nanoseconds == Int64(took) * 1_000_000)
            }
        }
        #expect(ends > 10_000)
    }

    @Test(arguments: [1, 2] as [UInt64])
    func `in the incident its components fail and slow down against themselves, and the others do not`(seed: UInt64) {
        let options = TrafficOptions(events: 60_000, days: 3, seed: seed)
        let incident = TrafficGenerator(options).incident
        #expect(incident.range.upperBound - incident.range.lowerBound == 2 * 3_600_000)
        var failing = (during: Outcome(), otherwise: Outcome())
        var others = (during: Outcome(), otherwise: Outcome())
        let ends: Set = ["optimistic_action.success", "optimistic_action.rollback"]
        for event in events(options) where ends.contains(event.signal) {
            let isDuring = incident.range.contains(event.time.nanoseconds / 1_000_000)
            switch (incident.components.contains(event.component ?? ""), isDuring) {
            case (true, true): failing.during.add(event)
            case (true, false): failing.otherwise.add(event)
            case (false, true): others.during.add(event)
            case (false, false): others.otherwise.add(event)
            }
        }
        #expect(failing.during.rollbackRate > 10 * failing.otherwise.rollbackRate, "\(failing.during.rollbackRate)")
        #expect(failing.during.medianDuration > 3 * failing.otherwise.medianDuration, "\(failing.during.medianDuration)")
        #expect(others.during.rollbackRate < 2 * others.otherwise.rollbackRate, "\(others.during.rollbackRate)")
        #expect(abs(others.during.medianDuration / others.otherwise.medianDuration - 1) < 0.25, "\(others.during.medianDuration)")
    }

    @Test func `nights are quiet`() {
        var byHour = [Int](repeating: 0, count: 24)
        for event in events(TrafficOptions(events: 50_000)) { byHour[Int(event.time.nanoseconds / 3_600_000_000_000 % 24)] += 1 }
        #expect(byHour[19] > 8 * byHour[3])
    }
}

private struct Outcome {
    var ended = 0
    var rolledBack = 0
    var durations: [Double] = []

    var rollbackRate: Double { Double(rolledBack) / Double(ended) }
    var medianDuration: Double { durations.sorted()[durations.count / 2] }

    mutating func add(_ event: Event) {
        ended += 1
        if event.signal.hasSuffix("rollback") { rolledBack += 1 }
        if case .double(let value) = event[attribute: "duration_ms"] { durations.append(value) }
    }
}
