import Testing
import VarveBatchFormat
import VarveDisk
import VarveEvents
import VarveTestSupport

@testable import VarveLog

/// Filters, held against looking at every event.
@Suite struct FindTests {
    private static let start: Int64 = 1_700_000_000_000_000_000

    /// 1,200 events, one a second, frames of 50, segments of 200: the last ones are not sealed.
    private static let log: SimulatedDisk = {
        let disk = SimulatedDisk()
        do {
            let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 200 })
            for frame in 0..<24 {
                var builder = BatchBuilder()
                for number in (frame * 50)..<(frame * 50 + 50) { builder.append(event(number)) }
                _ = try core.append([builder.finish()])
            }
            try core.finish()
        } catch {
            Issue.record(error)
        }
        return disk.kill()
    }()

    private static func event(_ number: Int) -> Event {
        var event = Event(
            time: Timestamp(nanoseconds: start + Int64(number) * 1_000_000_000),
            signal: ["retry.success", "retry.attempt", "http.request"][number % 3], id: "id-\(number)",
            component: "c\(number % 7)", session: "s\(number / 20)", attributes: [Attribute("number", .int64(Int64(number)))])
        if number % 2 == 0 { event.user = "u\(number / 100)" }
        if number % 3 == 2 { event.attributes.append(Attribute("slow", .bool(number % 5 == 0))) }
        return event
    }

    private static func filter(_ change: (inout LogFilter) -> Void) -> LogFilter {
        var filter = LogFilter()
        change(&filter)
        return filter
    }

    private static let cases: [(String, LogFilter, @Sendable (Int) -> Bool)] = [
        ("nothing asked", LogFilter(), { _ in true }),
        ("session", filter { $0.session = "s17" }, { $0 / 20 == 17 }),
        ("user", filter { $0.user = "u3" }, { $0 % 2 == 0 && $0 / 100 == 3 }),
        ("component", filter { $0.component = "c4" }, { $0 % 7 == 4 }),
        ("id", filter { $0.id = "id-777" }, { $0 == 777 }),
        ("unknown session", filter { $0.session = "none" }, { _ in false }),
        ("signal", filter { $0.signals = ["retry.*"] }, { $0 % 3 != 2 }),
        ("two signals", filter { $0.signals = ["http.request", "*.success"] }, { $0 % 3 != 1 }),
        (
            "times",
            filter {
                $0.from = Timestamp(nanoseconds: start + 310_000_000_000)
                $0.to = Timestamp(nanoseconds: start + 320_000_000_000)
            }, { (310..<320).contains($0) }
        ),
        ("number", filter { $0.conditions = [FieldCondition("number", .greaterOrEqual, "1100")] }, { $0 >= 1_100 }),
        ("decimal text", filter { $0.conditions = [FieldCondition("number", .less, "9.5")] }, { $0 < 10 }),
        ("not", filter { $0.conditions = [FieldCondition("component", .notEqual, "c0")] }, { $0 % 7 != 0 }),
        ("bool", filter { $0.conditions = [FieldCondition("slow", .equal, "true")] }, { $0 % 3 == 2 && $0 % 5 == 0 }),
        ("contains", filter { $0.conditions = [FieldCondition("session", .contains, "5")] }, { "\($0 / 20)".contains("5") }),
        ("absent", filter { $0.conditions = [FieldCondition("user", .equal, "")] }, { $0 % 2 == 1 }),
        ("data in front", filter { $0.conditions = [FieldCondition("data.number", .less, "5")] }, { $0 < 5 }),
        ("its signal", filter { $0.conditions = [FieldCondition("signal", .notEqual, "http.request")] }, { $0 % 3 != 2 }),
        ("a number in quotes", filter { $0.conditions = [FieldCondition("number", .equal, .text("7"))] }, { _ in false }),
        ("no such field", filter { $0.conditions = [FieldCondition("none", .notEqual, "x")] }, { _ in false }),
        (
            "all at once",
            filter {
                $0.session = "s17"
                $0.signals = ["retry.*"]
                $0.conditions = [FieldCondition("number", .greater, "345")]
            }, { $0 / 20 == 17 && $0 % 3 != 2 && $0 > 345 }
        ),
    ]

    @Test func `a filter delivers exactly the events that match, with their offsets`() throws {
        let reader = try LogReader.open(at: LogFixture.path, disk: Self.log)
        for (name, filter, matches) in Self.cases {
            for range in [0..<1_200, 333..<1_111] as [Range<UInt64>] {
                var found: [Int] = []
                let count = try reader.scan(range, where: filter) { batch in
                    batch.forEachEvent { offset, event in
                        #expect(event == Self.stamped(Self.event(Int(offset.value)), event), "\(name)")
                        found.append(Int(offset.value))
                    }
                }
                #expect(found == range.map { Int($0) }.filter(matches), "\(name)")
                #expect(count.events == UInt64(found.count), "\(name)")
            }
        }
    }

    private static func stamped(_ event: Event, _ read: Event) -> Event {
        var event = event
        event.observed = read.observed
        return event
    }

    @Test func `a session of a few minutes opens the frames that hold it and hardly another`() throws {
        let reader = try LogReader.open(at: LogFixture.path, disk: Self.log)
        let asked: [(LogFilter, Int)] = [
            (Self.filter { $0.session = "s17" }, 2), (Self.filter { $0.id = "id-777" }, 2),
            (Self.filter { $0.session = "none" }, 1), (Self.cases[8].1, 1),
        ]
        for (filter, most) in asked {
            // The last segment is active and has no filters.
            let count = try reader.scan(0..<1_000, where: filter) { _ in }
            #expect(count.framesOpened <= most, "\(count)")
        }
    }

    @Test func `damaged filters are done without`() throws {
        let disk = Self.log.snapshot()
        let reader = try LogReader.open(at: LogFixture.path, disk: disk)
        let lines = try LogInspector.dump(LogFixture.segment(200), disk: disk)
        let section = try #require(lines.first { $0.text.contains("which session") })
        disk.damage(LogFixture.segment(200)) { $0[Int(section.bytes.lowerBound)] ^= 1 }
        var found: [UInt64] = []
        try reader.scan(0..<1_200, where: Self.filter { $0.session = "s17" }) { batch in
            batch.forEachEvent { offset, _ in found.append(offset.value) }
        }
        #expect(found == Array(340..<360))
        #expect(try !LogVerifier.verify(at: LogFixture.path, disk: disk).isSound)
    }

    @Test(arguments: [
        ("*", "", true), ("a*", "a", true), ("a*c", "abc", true), ("a*c", "ab", false), ("*b*", "abc", true), ("", "", true),
        ("", "a", false), ("a*b*a", "abba", true), ("a*b*c", "abab", false), ("retry.*", "retry", false),
    ])
    func `a glob matches`(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }
}

/// A reader that wants some signals only: frames without any of them are not read.
struct WantingTests {
    /// Ten frames of a segment that is sealed, and five of one that is not; every third has retries.
    private static func log() throws -> SimulatedDisk {
        let disk = SimulatedDisk()
        let core = try LogFixture.core(disk, LogFixture.options { $0.segmentRows = 200 })
        for frame in 0..<15 {
            var builder = BatchBuilder()
            for row in 0..<20 {
                let signal = frame % 3 == 1 && row == 7 ? "retry.attempt" : "http.request"
                builder.append(Event(time: Timestamp(nanoseconds: Int64(frame * 20 + row)), signal: signal))
            }
            _ = try core.append([builder.finish()])
        }
        try core.finish()
        return disk.kill()
    }

    @Test func `frames without a wanted signal are passed over, in sealed segments and in the active one`() throws {
        let reader = try LogReader.open(at: LogFixture.path, disk: try Self.log())
        let segments = try reader.segments()
        #expect(segments.map(\.isSealed) == [true, false])
        let cursor = LogCursor(reader, select: .all, wanting: { $0 == "retry.attempt" })
        var batches: [Int] = []
        try cursor.scan(0..<300, durable: reader.durable()) { batches.append($0.rowCount) }
        #expect(batches == [Int](repeating: 20, count: 5))
        #expect(cursor.count.frames == 15)
        #expect(cursor.count.framesOpened == 5)
        #expect(cursor.count.passed == 200)
        // Of a frame at the edge nobody knows how many events lie within before it is read.
        let edge = LogCursor(reader, select: .all, wanting: { $0 == "retry.attempt" })
        var rows = 0
        try edge.scan(5..<285, durable: reader.durable()) { rows += $0.rowCount }
        #expect(edge.count.framesOpened == 7)
        #expect(UInt64(rows) + edge.count.passed == 280)
        let all = LogCursor(reader, select: .all, wanting: { _ in true })
        try all.scan(0..<300, durable: reader.durable()) { _ in }
        #expect(all.count.framesOpened == 15)
        #expect(all.count.passed == 0)
    }
}
