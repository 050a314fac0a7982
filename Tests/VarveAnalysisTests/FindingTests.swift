import Testing
import VarveEvents

@testable import VarveAnalysis

/// Deviations, periods, regressions, shares, channels.
struct FindingTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let start: Int64 = 1_767_571_200_000_000_000 // Monday 2026-01-05

    private static func hourly(_ values: [Double?]) -> [SeriesPoint] {
        values.enumerated().map { SeriesPoint(time: Timestamp(nanoseconds: start + Int64($0.offset) * hour), value: $0.element) }
    }

    @Test(arguments: 1...10) func `a planted stretch is found with its ends and its peak`(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed))
        let from = Int.random(in: 300..<600, using: &random)
        var values: [Double?] = (0..<700).map { _ in 100 + 5 * random.normal() }
        for index in from..<(from + 3) { values[index] = 200 + Double(index - from) * 10 }
        let found = DeviationSpan.find(Self.hourly(values), sensitivity: .low)
        let span = try #require(found.max { $0.score < $1.score })
        let expected = Self.hourly(values)
        #expect(span.start == expected[from].time && span.isRise)
        #expect(span.end == expected[from + 2].time && span.value == 220 && abs(span.expected - 100) < 40)
        #expect(found.count <= 4, "seed \(seed): \(found.count)")
    }

    @Test func `a period is compared with the one before, and its outliers lie beyond two deviations`() throws {
        var values: [Double?] = (0..<48).map { $0 < 24 ? 10 : 12 }
        values[30] = 40
        values[3] = nil
        let points = Self.hourly(values)
        let found = try #require(PeriodChange(points, border: points[24].time, kind: .sum, polarity: .lowerIsBetter))
        #expect(found.previous == 230 && found.current == 316 && found.verdict == "worse")
        #expect(found.outliers == [points[30]])
        #expect(abs(try #require(found.changePercent) - 100 * 86 / 230) < 1e-9)
        let mean = try #require(PeriodChange(points, border: points[24].time, kind: .mean, polarity: .higherIsBetter))
        #expect(mean.previous == 10 && mean.verdict == "better")
        #expect(PeriodChange(points, border: points[0].time, kind: .sum, polarity: .neutral) == nil)
        #expect(Polarity.neutral.verdict(1) == "changed" && Polarity.neutral.verdict(0) == "same")
    }

    @Test func `a regression needs a certain and a large change`() {
        var random = SplitMix(state: 7)
        let before = (0..<200).map { _ in 100 + 10 * random.normal() }
        #expect(PerformanceRegression(before: before, after: (0..<24).map { _ in 150 + 10 * random.normal() }) != nil)
        #expect(PerformanceRegression(before: before, after: (0..<24).map { _ in 108 + 10 * random.normal() }) == nil)
        #expect(PerformanceRegression(before: before, after: (0..<24).map { _ in 60 + 10 * random.normal() }) == nil)
        #expect(PerformanceRegression(before: before, after: [300, 300]) == nil)
    }

    @Test func `new, gone, more and less`() {
        let before = ["a": 1_000, "b": 1_000, "c": 500, "d": 100]
        let after = ["a": 1_000, "b": 300, "c": 1_200, "e": 120]
        let found = ShareChange.find(before: before, after: after)
        #expect(Set(found.map { "\($0.name) \($0.kind.rawValue)" }) == ["b less", "c more", "d gone", "e new"])
        #expect(ShareChange.find(before: [:], after: after).isEmpty)
        #expect(ShareChange.find(before: ["a": .max, "b": .max], after: ["a": 1]).isEmpty)
    }

    @Test func `shares that differ by chance are no finding`() {
        var random = SplitMix(state: 11)
        var wrong = 0
        for _ in 0..<300 {
            func counts() -> [String: Int] {
                var found: [String: Int] = [:]
                for _ in 0..<400 { found["\(Int.random(in: 0..<10, using: &random))", default: 0] += 1 }
                return found
            }
            wrong += ShareChange.find(before: counts(), after: counts()).count
        }
        #expect(wrong <= 3, "\(wrong)")
    }

    @Test func `a channel is degraded when its rate fell for certain`() {
        typealias Counts = ChannelDegradation.Counts
        let rows = ChannelDegradation.compare([
            Counts(channel: "good", successesBefore: 960, attemptsBefore: 1_000, successesAfter: 193, attemptsAfter: 200),
            Counts(channel: "bad", successesBefore: 960, attemptsBefore: 1_000, successesAfter: 160, attemptsAfter: 200),
            Counts(channel: "new", successesBefore: 0, attemptsBefore: 0, successesAfter: 5, attemptsAfter: 5),
            Counts(channel: "odd", successesBefore: 12, attemptsBefore: 10, successesAfter: -1, attemptsAfter: -1),
        ])
        #expect(rows.map(\.channel).first == "bad" && rows[0].verdict == .degraded)
        let verdicts = Dictionary(uniqueKeysWithValues: rows.map { ($0.channel, $0.verdict) })
        #expect(verdicts["good"] == .unchanged && verdicts["new"] == .unknown && verdicts["odd"] == .unknown)
        #expect(rows[0].others.map { abs($0 - 198.0 / 205) < 1e-9 } == true)
    }
}
