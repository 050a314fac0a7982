import Testing
import VarveEvents

@testable import VarveAnalysis

struct ForecastTests {
    /// Hourly points with a daily and a weekly pattern and noise that remembers.
    private static func hourly(_ count: Int, seed: UInt64) -> [SeriesPoint] {
        var random = SplitMix(state: seed)
        var wander = 0.0
        return (0..<count).map { index in
            wander = 0.6 * wander + random.normal()
            let hour = Double(index % 24)
            let day = index / 24 % 7
            let value = (120 - (hour - 13) * (hour - 13) / 2) * (day >= 5 ? 0.6 : 1) + 3 * wander
            return SeriesPoint(time: Timestamp(nanoseconds: 1_600_000_000_000_000_000 + Int64(index) * hourOfTime), value: value)
        }
    }

    private static let hourOfTime: Int64 = 3_600_000_000_000

    @Test func `a constant series goes on, without a band`() throws {
        let points = (0..<50).map { MadeSeries.point($0, 7) }
        let found = try #require(Forecast(points, horizon: 3))
        #expect(found.rows.map(\.forecast) == [7, 7, 7])
        #expect(found.rows.allSatisfy { $0.low == 7 && $0.high == 7 })
        #expect(found.rows.map(\.time) == (50..<53).map { MadeSeries.point($0, nil).time })
    }

    @Test func `a line goes on as a line`() throws {
        let points = (0..<80).map { MadeSeries.point($0, 10 + 2 * Double($0)) }
        let found = try #require(Forecast(points, horizon: 5))
        for (index, row) in found.rows.enumerated() {
            #expect(abs(row.forecast - (10 + 2 * Double(80 + index))) < 1, "\(row)")
        }
    }

    @Test func `a season without noise comes again exactly`() throws {
        let season = [5.0, 9, 1, 4, 4, 8, 0]
        let points = (0..<70).map { MadeSeries.point($0, season[$0 % 7]) }
        let found = try #require(Forecast(points, horizon: 14, season: 7))
        for (index, row) in found.rows.enumerated() { #expect(abs(row.forecast - season[index % 7]) < 1e-6, "\(index): \(row)") }
        #expect(found.season == 7)
    }

    @Test func `on seasonal series it beats the seasonal naive forecast, and its band holds about what it says`() throws {
        var (error, naive, inside, count) = (0.0, 0.0, 0, 0)
        for seed in 1...12 as ClosedRange<UInt64> {
            let points = Self.hourly(900, seed: seed)
            let (known, coming) = (Array(points.prefix(852)), points.suffix(48))
            let found = try #require(Forecast(known, horizon: 48))
            for (index, (row, point)) in zip(found.rows, coming).enumerated() {
                let value = try #require(point.value)
                error += abs(row.forecast - value)
                naive += abs(try #require(known[known.count - 168 + index].value) - value)
                inside += row.low <= value && value <= row.high ? 1 : 0
                count += 1
            }
        }
        #expect(error < 0.92 * naive, "\(error / naive)")
        let share = Double(inside) / Double(count)
        #expect((0.90...0.995).contains(share), "\(share)")
    }

    @Test func `what comes later changes no earlier forecast`() throws {
        let points = Self.hourly(400, seed: 3)
        let known = Array(points.prefix(300))
        let once = try #require(Forecast(known, horizon: 24))
        #expect(try #require(Forecast(Array(points.prefix(300)), horizon: 24)).rows == once.rows)
        // The order in which points are given does not matter, nor do holes without a value.
        #expect(try #require(Forecast(known.reversed(), horizon: 24)).rows == once.rows)
    }

    @Test func `values that are never negative get no negative forecast`() throws {
        var random = SplitMix(state: 5)
        let points = (0..<200).map { MadeSeries.point($0, abs(random.normal()) * 0.1) }
        let found = try #require(Forecast(points, horizon: 30))
        #expect(found.rows.allSatisfy { $0.low >= 0 && $0.forecast >= 0 })
    }

    @Test func `too few values and numbers out of range give none, and no input traps`() {
        #expect(Forecast([], horizon: 3) == nil)
        #expect(Forecast((0..<7).map { MadeSeries.point($0, 1) }, horizon: 3) == nil)
        let same = (0..<20).map { _ in MadeSeries.point(0, 1) }
        #expect(Forecast(same, horizon: 3) == nil)
        let far = [Int64.min, -5, 0, 1, 2, 3, 4, 5, 6, 7, .max].map {
            SeriesPoint(time: Timestamp(nanoseconds: $0), value: 1e149)
        }
        #expect(Forecast(far, horizon: 3) == nil)
        let huge = (0..<40).map { MadeSeries.point($0, $0 % 2 == 0 ? .infinity : 1e140) }
        _ = Forecast(huge, horizon: 10_000)
        #expect(Forecast((0..<40).map { MadeSeries.point($0, 1) }, horizon: 0) == nil)
        #expect(Forecast((0..<40).map { MadeSeries.point($0, 1) }, horizon: 5, season: 1_000_000)?.rows.count == 5)
    }

    @Test func `holes are filled by the line between their neighbours, doubles by their mean`() throws {
        var points = [0, 1, 2, 5, 6, 7].map { MadeSeries.point($0, Double($0) * 10) }
        points.append(MadeSeries.point(7, 90))
        let series = try #require(EvenSeries(points))
        #expect(series.values == [0, 10, 20, 30, 40, 50, 60, 80])
        #expect(series.filled == 2)
        #expect(series.step == 300_000_000_000)
    }
}
