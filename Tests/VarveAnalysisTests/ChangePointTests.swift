import Testing
import VarveEvents

@testable import VarveAnalysis

struct ChangePointTests {
    private static func levels(_ levels: [(count: Int, level: Double)], noise: Double, seed: UInt64) -> [SeriesPoint] {
        var random = SplitMix(state: seed)
        let values = levels.flatMap { level in (0..<level.count).map { _ in level.level + noise * random.normal() } }
        return values.enumerated().map { MadeSeries.point($0.offset, $0.element) }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func `levels that differ by four deviations are told apart within two values`(seed: UInt64) {
        let points = Self.levels([(80, 10), (60, 14), (100, 8)], noise: 1, seed: seed)
        let found = ChangePoints.find(points)
        #expect(found.count == 2, "\(found)")
        for (change, index) in zip(found, [80, 140]) {
            let distance = abs(change.time.nanoseconds - MadeSeries.point(index, nil).time.nanoseconds) / 300_000_000_000
            #expect(distance <= 2)
        }
        if let first = found.first {
            #expect(abs(first.before - 10) < 0.6 && abs(first.after - 14) < 0.6 && abs((first.deviations ?? 0) - 4) < 1.5)
        }
    }

    @Test func `noise has no changes`() {
        let found = (1...40 as ClosedRange<UInt64>).map { seed in
            ChangePoints.find(Self.levels([(300, 5)], noise: 2, seed: seed)).count
        }
        #expect(found.reduce(0, +) <= 2, "\(found)")
    }

    @Test func `an outlier is no change`() {
        var points = Self.levels([(200, 5)], noise: 1, seed: 7)
        points[60].value = 500
        points[61].value = -300
        #expect(ChangePoints.find(points) == [])
    }

    @Test func `steps of a series that is constant but for them are found exactly`() {
        let found = ChangePoints.find(Self.levels([(20, 3), (30, 9)], noise: 0, seed: 1))
        #expect(found == [LevelChange(time: MadeSeries.point(20, nil).time, before: 3, after: 9, deviations: nil)])
    }

    @Test func `few values, none, and those that are no numbers give none`() {
        #expect(ChangePoints.find([]) == [])
        #expect(ChangePoints.find((0..<11).map { MadeSeries.point($0, Double($0 / 6)) }) == [])
        #expect(ChangePoints.find((0..<50).map { MadeSeries.point($0, $0 % 2 == 0 ? .nan : .infinity) }) == [])
    }
}
