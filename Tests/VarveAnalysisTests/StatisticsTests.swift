import Foundation
import Testing

@testable import VarveAnalysis

/// What scipy and statsmodels say of the same numbers (`Tests/oracle/statistics.py`).
struct StatisticsTests {
    private struct Fixture: Decodable {
        struct Line: Decodable {
            var x, y: [Double]
            var slope, intercept, low, high, probability, senSlope, senLow, senHigh, kendallScore, kendallProbability: Double
            var kendallS: Int
        }
        struct Groups: Decodable {
            var left, right, welch, mannWhitney: [Double]
        }
        struct Shares: Decodable {
            var counts: [Int]
            var result: [Double]
        }
        struct Tail: Decodable {
            var t, freedom, tail: Double
        }
        var trends: [Line]
        var comparisons: [Groups]
        var shares: [Shares]
        var tails: [Tail]
    }

    private static func fixture() throws -> Fixture {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "Fixtures/analysis/statistics.json"))
        return try JSONDecoder().decode(Fixture.self, from: data)
    }

    /// Equal to a millionth of their size, or of one.
    private static func near(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-6 * max(1, abs(right)) }

    @Test func `trends are those of scipy`() throws {
        for line in try Self.fixture().trends {
            let points = Array(zip(line.x, line.y)).map { (x: $0.0, y: $0.1) }
            let found = try #require(Trend(points))
            let pairs = [
                (found.slope, line.slope), (found.intercept, line.intercept), (found.low, line.low), (found.high, line.high),
                (found.probability, line.probability), (found.senSlope, line.senSlope), (found.senLow, line.senLow),
                (found.senHigh, line.senHigh), (found.kendallScore, line.kendallScore),
                (found.kendallProbability, line.kendallProbability),
            ]
            for (index, pair) in pairs.enumerated() { #expect(Self.near(pair.0, pair.1), "\(index): \(pair)") }
            #expect(found.kendallS == line.kendallS)
        }
    }

    @Test func `comparisons are those of scipy and statsmodels`() throws {
        let fixture = try Self.fixture()
        for groups in fixture.comparisons {
            for (found, expected) in [
                (Comparison.welch(groups.left, groups.right), groups.welch),
                (Comparison.mannWhitney(groups.left, groups.right), groups.mannWhitney),
            ] {
                let result = try #require(found)
                #expect(Self.near(result.statistic, expected[0]) && Self.near(result.probability, expected[1]), "\(result)")
            }
        }
        for share in fixture.shares {
            let found = Comparison.proportions((share.counts[0], share.counts[1]), (share.counts[2], share.counts[3]))
            let result = try #require(found)
            #expect(Self.near(result.statistic, share.result[0]) && Self.near(result.probability, share.result[1]), "\(result)")
        }
        for tail in fixture.tails {
            let found = Distribution.studentTail(tail.t, freedom: tail.freedom)
            #expect(abs(found - tail.tail) < 1e-9, "\(tail): \(found)")
        }
    }

    @Test func `what cannot be compared is not`() {
        #expect(Trend([(1, 1), (2, 2)]) == nil)
        #expect(Trend([(1, 1), (1, 2), (1, 3)]) == nil)
        #expect(Comparison.welch([1], [2, 3]) == nil)
        #expect(Comparison.welch([2, 2], [2, 2]) == nil)
        #expect(Comparison.mannWhitney([], [1]) == nil)
        #expect(Comparison.proportions((0, 10), (0, 10)) == nil)
        #expect(Comparison.proportions((0, 0), (1, 10)) == nil)
    }

    @Test func `without an effect one comparison in twenty finds one`() {
        var random = SplitMix(state: UInt64.random(in: 1...UInt64.max))
        let seed = random.state
        let falsePositives = (0..<10_000).count { _ in
            let groups = (0..<2).map { _ in (0..<20).map { _ in random.normal() } }
            return (Comparison.welch(groups[0], groups[1])?.probability ?? 1) < 0.05
        }
        #expect((400...600).contains(falsePositives), "seed \(seed): \(falsePositives) of 10,000")
    }
}
