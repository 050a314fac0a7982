import Testing
import VarveCatalog
import VarveDisk
import VarveEvents
import VarveLog
@testable import VarveProjections
import VarveTestSupport

@testable import VarveViews

private let views: [ViewDefinition] = [.volume, .latency, .activeUsers]

struct AnswerTests {
    /// One row per view: all of its time, no dimension.
    private func totals(_ answers: ViewAnswers, _ source: ViewRequest.Source) throws -> [ViewAnswer] {
        try answers.answers(to: views.map { ViewRequest(.mergeable($0), source: source, bucket: .all, by: []) })
    }

    @Test func `a total is kept, moves on with its view, and is that of all cells`() async throws {
        let log = TestLog(seed: 910, segmentRows: 200)
        try await log.append(700)
        _ = try Projector.open(at: log.path, views: views).runHere()
        let answers = try ViewAnswers.open(at: log.path)
        let file = log.path + "/states/totals/main"
        let disk = RealDisk()
        for turn in 0..<4 {
            let kept = try totals(answers, .kept(projector: "main"))
            #expect(kept.map(\.rows) == (try totals(answers, .log)).map(\.rows), "turn \(turn)")
            #expect(kept.allSatisfy { $0.keptBy == "main" && $0.offset.value == UInt64(log.events.count) })
            let saved = KeptTotals(disk, ViewPaths(log.path), "main")
            #expect(saved.all.count == views.count && saved.all.values.allSatisfy { $0.offset == kept[0].offset })
            switch turn {
            case 0: #expect(try totals(answers, .kept(projector: "main")).map(\.rows) == kept.map(\.rows))
            case 1:
                // A bit flipped: as good as none.
                var bytes = try disk.openFile(file).readAll(limit: 1 << 24)
                bytes[bytes.count / 2] ^= 1
                try disk.replaceUnsynced(file, with: bytes)
            default: break
            }
            try await log.append(150)
            // Not folded yet: the total is that of the view, not of the log.
            let behind = try totals(answers, .kept(projector: "main"))
            #expect(behind.map(\.rows) == kept.map(\.rows) && behind[0].behindEvents == 150)
            _ = try Projector.open(at: log.path, views: views).runHere()
        }
    }

    @Test func `a total of another log of the same length does not count`() async throws {
        let (log, other) = (TestLog(seed: 911), TestLog(seed: 912))
        for log in [log, other] {
            try await log.append(300)
            _ = try Projector.open(at: log.path, views: views).runHere()
            _ = try totals(ViewAnswers.open(at: log.path), .kept(projector: "main"))
        }
        let disk = RealDisk()
        let foreign = try disk.openFile(other.path + "/states/totals/main").readAll(limit: 1 << 24)
        try disk.replaceUnsynced(log.path + "/states/totals/main", with: foreign)
        let answers = try ViewAnswers.open(at: log.path)
        #expect(try totals(answers, .kept(projector: "main")).map(\.rows) == totals(answers, .log).map(\.rows))
    }

    @Test func `a definition that nobody keeps is folded, and questions together are answered as alone`() async throws {
        let log = TestLog(seed: 913, segmentRows: 90)
        try await log.append(500)
        let unsaved = ViewDefinition("unsaved") {
            Dimension("component")
            Measure.count("events")
            Measure.max("most", of: "duration_ms")
        }
        let answers = try ViewAnswers.open(at: log.path)
        let times = log.events.map(\.time).sorted()
        var requests: [ViewRequest] = []
        for bucket in [BucketLevel.minute, .hour, .all] {
            for source in [ViewRequest.Source.fold, .log] {
                requests.append(
                    ViewRequest(.mergeable(unsaved), source: source, bucket: bucket, from: times[100], to: times[400]))
            }
        }
        let together = try answers.answers(to: requests)
        for (request, answer) in zip(requests, together) {
            #expect(try answers.answer(request).rows == answer.rows)
            let events = answer.rows.reduce(0) { $0 + ($1["events"]?.number ?? 0) }
            #expect(events == Double(times.count { $0 >= times[100] && $0 < times[400] }))
        }
        for index in stride(from: 0, to: requests.count, by: 2) { #expect(together[index].rows == together[index + 1].rows) }
        #expect(throws: ViewError.self) {
            try answers.answer(ViewRequest(.mergeable(unsaved), source: .kept(projector: "main")))
        }
    }

    @Test func `rows of a table with a time are those of the range, and a state refuses to cut its buckets`() async throws {
        let log = TestLog(seed: 914)
        try await log.append(400)
        let things = EntityDefinition(
            "things", key: ["session"],
            rules: [
                .opens("optimistic_action.start", status: .named("started")), .closes("retry.success", status: .named("done")),
            ])
        let answers = try ViewAnswers.open(at: log.path)
        func transitions(_ from: Timestamp? = nil, _ to: Timestamp? = nil) throws -> [Timestamp] {
            let request = ViewRequest(.sequential(things), source: .log, table: "transitions", from: from, to: to)
            return try answers.answer(request).rows.compactMap { if case .time(let time)? = $0["time"] { time } else { nil } }
        }
        let all = try transitions()
        let sorted = all.sorted()
        let (from, to) = (sorted[sorted.count / 4], sorted[sorted.count / 2])
        #expect(try transitions(from, to) == all.filter { $0 >= from && $0 < to })
        let state = try #require(log.expected([.volume]).state(of: .volume))
        #expect(throws: QueryError.self) { try state.rows(ViewQuery(bucket: .all, from: from)) }
    }
}

struct BucketCutTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let day = 24 * hour

    private func cut(_ from: Int64?, _ to: Int64?, _ zone: BucketZone, _ level: BucketLevel) -> BucketCut? {
        BucketCut(from: from.map { Timestamp(nanoseconds: $0) }, to: to.map { Timestamp(nanoseconds: $0) }, zone, level)
    }

    @Test func `a range is whole buckets and at most two ends`() {
        let hour = Self.hour
        #expect(cut(nil, nil, .utc, .hour)?.whole == .min ... .max)
        #expect(cut(5, 5, .utc, .hour) == nil)
        #expect(cut(2 * hour, 4 * hour, .utc, .hour) == BucketCut(whole: 2...3, ends: []))
        let ragged = cut(hour + 1, 4 * hour - 1, .utc, .hour)
        #expect(ragged?.whole == 2...2)
        #expect(ragged?.ends.map(\.buckets) == [1...1, 3...3])
        #expect(ragged?.ends.map { $0.to?.nanoseconds } == [2 * hour, 4 * hour - 1])
        #expect(ragged?.ends.map { $0.from?.nanoseconds } == [hour + 1, 3 * hour])
        #expect(cut(hour + 1, hour + 2, .utc, .hour)?.whole == nil)
        #expect(cut(-1, nil, .utc, .hour)?.ends.map(\.buckets) == [-1 ... -1])
        #expect(cut(1, nil, .utc, .all)?.ends.map(\.buckets) == [0...0])
        #expect(cut(.max - 1, nil, .utc, .hour)?.ends.count == 1)
        #expect(cut(.min, .max, .utc, .day)?.whole != nil)
    }

    @Test func `a day of a zone whose clocks are set back over midnight overlaps the next`() throws {
        let zone = BucketZone.named(try #require(AskedViews.backwards))
        // 2026-03-29 begins there at 02:30 UTC, and again an hour later after a minute of it.
        let number = 1_774_742_400_000_000_000 / Self.day
        let begin: Int64 = 1_774_751_400_000_000_000
        #expect(zone.span(of: number, .day).lowerBound == begin)
        #expect(zone.span(of: number - 1, .day).upperBound == begin + Self.hour)
        let found = try #require(cut(begin, begin + 48 * Self.hour, zone, .day))
        // All of the 29th lies in it, and an hour of the 28th.
        #expect(found.whole == number...number)
        #expect(found.ends.map(\.buckets) == [(number - 1)...(number - 1), (number + 1)...(number + 1)])
    }
}
