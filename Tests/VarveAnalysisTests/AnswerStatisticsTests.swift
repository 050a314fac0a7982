import Foundation
import Testing

@testable import VarveAnalysis

/// What numpy and scipy say of the same numbers (`Tests/oracle/answers.py`).
struct AnswerStatisticsTests {
    private struct Fixture: Decodable {
        struct Quantile: Decodable {
            var values: [Double]
            var p, quantile: Double
        }
        struct Binomial: Decodable {
            var hits, trials: Int
            var share, tail: Double
        }
        struct Direction: Decodable {
            var turns: [Double]
            var phase, probability: Double
        }
        struct Student: Decodable {
            var p, freedom, quantile: Double
        }
        struct Power: Decodable {
            var effect: Double
            var pairs, size, welch, mannWhitney: Int
        }
        var quantiles: [Quantile]
        var binomials: [Binomial]
        var directions: [Direction]
        var students: [Student]
        var powers: [Power]
    }

    private static func fixture() throws -> Fixture {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appending(path: "Fixtures/analysis/answers.json"))
        return try JSONDecoder().decode(Fixture.self, from: data)
    }

    private static func near(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 1e-6 * max(1, abs(right)) }

    @Test func `quantiles are those of numpy`() throws {
        for one in try Self.fixture().quantiles {
            let found = try #require(Summary.quantile(one.values, one.p))
            #expect(Self.near(found, one.quantile), "\(one.p) of \(one.values.count): \(found)")
        }
        #expect(Summary.quantile([], 0.5) == nil)
    }

    @Test func `tails, directions and Student's quantiles are those of scipy`() throws {
        let fixture = try Self.fixture()
        for one in fixture.binomials {
            let found = Distribution.binomialTail(one.hits, of: one.trials, share: one.share)
            #expect(Self.near(found, one.tail), "\(one): \(found)")
        }
        for one in fixture.directions {
            let found = Recurrence.rayleigh(one.turns)
            #expect(Self.near(found.phase, one.phase) && Self.near(found.probability, one.probability), "\(one.phase): \(found)")
        }
        for one in fixture.students {
            let found = Distribution.studentQuantile(one.p, freedom: one.freedom)
            #expect(Self.near(found, one.quantile), "\(one): \(found)")
        }
    }

    /// The same pairs as in the script: SplitMix64 with the seed 20261129.
    @Test func `the power of both comparisons is scipy's on the same pairs`() throws {
        for power in try Self.fixture().powers {
            var random = SplitMix(state: 20_261_129)
            func normal() -> Double {
                (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.next() >> 11) / 9_007_199_254_740_992 }
            }
            var (welch, ranks) = (0, 0)
            for _ in 0..<power.pairs {
                let left = (0..<power.size).map { _ in normal() }
                let right = (0..<power.size).map { _ in power.effect + normal() }
                welch += (Comparison.welch(left, right)?.probability ?? 1) < 0.05 ? 1 : 0
                ranks += (Comparison.mannWhitney(left, right)?.probability ?? 1) < 0.05 ? 1 : 0
            }
            #expect(welch == power.welch && ranks == power.mannWhitney, "effect \(power.effect): \(welch), \(ranks)")
        }
    }
}
