import Testing
import VarveEvents

@testable import VarveAnalysis

struct CapacityTests {
    @Test func `a line reaches its limit where it crosses it`() throws {
        let points = (0..<100).map { MadeSeries.point($0, 10 + Double($0)) }
        let found = try #require(Capacity(points, limit: 129.5, horizon: 60))
        #expect(found.value == 109)
        // The value at step 120 is 130.
        let expected = try #require(found.expected)
        #expect(abs(expected.nanoseconds - MadeSeries.point(120, nil).time.nanoseconds) <= 300_000_000_000)
    }

    @Test func `a limit that is out of sight is reached at no time, one below is fallen to`() throws {
        let rising = (0..<100).map { MadeSeries.point($0, 10 + Double($0)) }
        #expect(try #require(Capacity(rising, limit: 1e6, horizon: 60)).expected == nil)
        let falling = (0..<100).map { MadeSeries.point($0, 500 - Double($0)) }
        #expect(try #require(Capacity(falling, limit: 390, horizon: 60)).expected != nil)
    }

    @Test func `the band's nearer edge reaches the limit first`() throws {
        var random = SplitMix(state: 9)
        let points = (0..<300).map { MadeSeries.point($0, Double($0) + 10 * random.normal()) }
        let found = try #require(Capacity(points, limit: 360, horizon: 300))
        let (earliest, expected) = (try #require(found.earliest), try #require(found.expected))
        #expect(earliest <= expected)
        if let latest = found.latest { #expect(expected <= latest) }
    }

    /// The numbers are those of scipy 1.17.1: `ttest_ind(equal_var=False)`, `confidence_interval(0.9)`, `mannwhitneyu`.
    @Test func `the difference of two groups is that of scipy`() throws {
        let (left, right) = ([12.1, 9.8, 11.4, 10.9, 13.2, 8.7], [9.1, 8.8, 10.2, 7.9, 9.6])
        let found = try #require(GroupDifference(left, right, level: 0.9))
        #expect(abs(found.welch - 0.038052269705190725) < 1e-9)
        #expect(abs(found.low - 0.47644687128821017) < 1e-7)
        #expect(abs(found.high - 3.316886462045119) < 1e-7)
        #expect(abs(try #require(found.mannWhitney) - 0.0828374251588063) < 1e-9)
        #expect(GroupDifference([1], [2, 3]) == nil)
        #expect(GroupDifference([1, 1], [2, 2]) == nil)
    }
}
