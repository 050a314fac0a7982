import VarveDisk
import VarveEvents
import VarveLog
import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let hour: Int64 = 3_600_000_000_000
private let day = 24 * hour
/// 2026-03-27, two days before Berlin's clocks are set forward.
private let start: Int64 = 1_774_569_600_000_000_000

/// Views whose buckets differ: hours, days of UTC and of zones, and one bucket for all.
enum AskedViews {
    /// Clocks an hour ahead from 2026-03-29 01:00 UTC on.
    static let berlin = ZoneRules(
        name: "Europe/Berlin", initial: 3_600, changes: [.init(second: 1_774_746_000, offset: 7_200)])
    /// Clocks that are set back an hour at one minute past midnight, as Newfoundland's were: days overlap.
    static let backwards = ZoneRules(
        name: "Set/Back", initial: -9_000, changes: [.init(second: 1_774_751_460, offset: -12_600)])

    static func view(_ name: String, _ levels: Set<BucketLevel>, _ zone: ZoneRules? = nil) -> ViewDefinition {
        ViewDefinition(
            name: name, signals: SignalFilter("a.started", "b.done"), levels: levels, zone: zone.map { .named($0) } ?? .utc,
            dimensions: [Dimension("component"), Dimension("signal")],
            measures: [
                .count("events"), .count("done", when: .signal("b.done")), .sum("total", of: "size"), .max("most", of: "size"),
                .distinct("users", of: "user"),
            ],
            derived: [.ratio("share", of: "done", over: "events"), .ratePerSecond("rate", of: "events")])
    }

    static let all = [
        view("by_hour", [.minute, .hour, .day, .all]), view("by_day", [.day, .all]), view("in_berlin", [.day, .all], berlin),
        view("set_back", [.day, .all], backwards), view("in_all", [.all]),
    ]
}

/// A log with all events that were ever in it, however much of it a projector has folded and retention has removed.
final class AskedLog {
    let path: String
    private(set) var events: [Event] = []
    private var options = LogOptions()
    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        path = "/tmp/varve-asked-\(seed)-\(UInt64.random(in: 0...UInt64.max))"
        options.segmentRows = 40
        options.clock = tickingClock(from: start, by: 900_000_000_000)
    }

    deinit { removeTree(path) }

    /// Appends events of about five days, not in the order of their times.
    func append(_ count: Int) async throws {
        let writer = try await LogWriter.open(at: path, options: options)
        var rest = count
        while rest > 0 {
            var builder = BatchBuilder()
            for _ in 0..<min(rest, Int.random(in: 1...20, using: &random)) {
                let event = made()
                events.append(event)
                builder.append(event)
                rest -= 1
            }
            _ = try await writer.append(builder.finish())
        }
        try await writer.close()
    }

    private func made() -> Event {
        // Mostly in order, at times with a border of buckets hit to the nanosecond, and now and then days late.
        let place = Int64(events.count) * 900_000_000_000 + Int64.random(in: 0...hour, using: &random)
        var time = start + place % (5 * day)
        switch Int.random(in: 0..<10, using: &random) {
        case 0: time = start + Int64.random(in: 0...(5 * day), using: &random)
        case 1: time -= time % hour
        case 2: time = time - time % hour - 1
        default: break
        }
        var event = Event(
            time: Timestamp(nanoseconds: time), signal: ["a.started", "b.done", "c.other"].randomElement(using: &random) ?? "x")
        event.component = ["Cart", "Search", nil].randomElement(using: &random) ?? nil
        if Bool.random(using: &random) { event.user = "u\(Int.random(in: 0..<40, using: &random))" }
        if Bool.random(using: &random) {
            event.attributes = [Attribute("size", .int64(Int64.random(in: -50...50, using: &random)))]
        }
        return event
    }

    /// Removes some of the segments, with bases for the views that are kept.
    func retain(_ share: Double) throws {
        let segments = try LogReader.open(at: path).segments().filter(\.isSealed)
        guard segments.count > 2 else { return }
        let last = segments[Int(Double(segments.count - 1) * share)]
        let newest = segments.last?.observed?.upperBound.nanoseconds ?? 0
        var request = RetentionRequest(limit: newest - (last.observed?.upperBound.nanoseconds ?? 0))
        request.now = Timestamp(nanoseconds: newest + 1)
        request.isConfirmed = true
        let keeper = BaseBuilder(at: path, known: AskedViews.all.map { .mergeable($0) })
        _ = try LogMaintenance.open(at: path).retain(request, bases: keeper.bases)
    }

    /// Folds into the store what is durable.
    func project(_ views: [ViewDefinition]) throws {
        _ = try Projector.open(at: path, views: views).runHere()
    }
}
