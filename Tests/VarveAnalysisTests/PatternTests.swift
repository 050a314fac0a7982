import Testing
import VarveEvents

@testable import VarveAnalysis

/// Recurrence, flapping, precursors.
struct PatternTests {
    private static let hour: Int64 = 3_600_000_000_000
    private static let start: Int64 = 1_767_571_200_000_000_000 // Monday 2026-01-05 00:00

    private static func time(_ hours: Double) -> Timestamp {
        Timestamp(nanoseconds: start + Int64(hours * Double(hour)))
    }

    @Test func `what comes each day at two is seen to do so`() throws {
        let found = try #require(Recurrence((0..<10).map { Self.time(Double($0) * 24 + 2 + 0.05 * Double($0 % 3)) }))
        #expect(abs(try #require(found.every) - 86_400) < 1_000)
        #expect(abs(try #require(found.hour) - 2.05) < 0.1 && found.weekday == nil && found.isPattern)
    }

    @Test func `what comes on Wednesdays is seen to do so`() throws {
        var random = SplitMix(state: 3)
        let times = (0..<8).map { Self.time(Double($0) * 168 + 48 + Double.random(in: 0..<24, using: &random)) }
        let found = try #require(Recurrence(times))
        #expect(found.weekday == 3)
    }

    @Test func `times at random are no pattern`() {
        var random = SplitMix(state: 5)
        let patterns = (0..<400).count { _ in
            let times = (0..<12).map { _ in Self.time(Double.random(in: 0..<700, using: &random)) }
            return Recurrence(times)?.isPattern ?? true
        }
        #expect(patterns <= 6, "\(patterns) of 400")
        #expect(Recurrence([Self.time(1), Self.time(2), Self.time(3)]) == nil)
    }

    @Test func `a state that changes each time flaps, one change does not`() {
        var flapping = FlapDetector()
        for index in 0..<21 { flapping.next(index % 2 == 0 ? "ok" : "failed") }
        // All twenty changes: the weights 0.8 to 1.2 add up to twenty.
        #expect(flapping.isFlapping && abs(flapping.percent - 100) < 1e-9 && flapping.total == 20)
        for _ in 0..<20 { flapping.next("ok") }
        #expect(!flapping.isFlapping && flapping.percent == 0)
        var calm = FlapDetector()
        for index in 0..<21 { calm.next(index < 10 ? "ok" : "failed") }
        #expect(!calm.isFlapping && calm.percent < 6)
    }

    /// A month by the hour: retries fail more from some hours before each failure on; decoys do not.
    private static func month(
        _ seed: UInt64, leads: Bool
    ) -> (points: [SeriesPoint], failures: [ClosedRange<Timestamp>]) {
        var random = SplitMix(state: seed)
        var values = (0..<720).map { _ in 10 + random.normal() }
        var failures: [ClosedRange<Timestamp>] = []
        for day in [8, 12, 17, 22, 27] {
            let begins = day * 24 + Int.random(in: 0..<20, using: &random)
            failures.append(time(Double(begins))...time(Double(begins + 2)))
            for index in begins...(begins + 2) { values[index] += 15 }
            guard leads else { continue }
            for index in (begins - 3)..<begins { values[index] += 9 + 2 * Double(index - begins + 3) }
        }
        return (values.enumerated().map { SeriesPoint(time: time(Double($0.offset)), value: $0.element) }, failures)
    }

    @Test func `a precursor is told by precision and lead time, in generated months`() throws {
        var (alarms, hits, failures, announced) = (0, 0, 0, 0)
        for seed in 1...20 as ClosedRange<UInt64> {
            let month = Self.month(seed, leads: true)
            let found = Precursor(month.points, failures: month.failures, horizon: 6 * 3_600)
            alarms += found.alarms
            hits += found.hits
            failures += found.failures
            announced += found.announced
            #expect(found.chance < 0.06 && found.probability < 0.01)
            if let lead = found.lead { #expect((3_600...4 * 3_600).contains(lead), "\(lead)") }
        }
        #expect(Double(announced) >= 0.75 * Double(failures), "\(announced) of \(failures)")
        #expect(Double(hits) >= 0.6 * Double(alarms), "\(hits) of \(alarms)")
    }

    @Test func `a series that only follows failures is none`() {
        var significant = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            let month = Self.month(seed, leads: false)
            significant += Precursor(month.points, failures: month.failures, horizon: 6 * 3_600).probability < 0.01 ? 1 : 0
        }
        #expect(significant <= 2, "\(significant) of 20")
    }

    @Test func `an alarm at the end is pending`() throws {
        var month = Self.month(4, leads: true)
        month.points.removeLast(20)
        month.points.removeAll { $0.time >= Self.time(600) }
        month.failures.removeAll { $0.upperBound >= Self.time(590) }
        month.points.append(SeriesPoint(time: Self.time(600), value: 60))
        let found = Precursor(month.points, failures: month.failures, horizon: 6 * 3_600)
        #expect(found.pending == Self.time(600))
        #expect(Precursor([], failures: [], horizon: 60).precision == nil)
    }
}
