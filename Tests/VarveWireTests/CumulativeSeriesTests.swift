import Testing
import VarveHash

@testable import VarveWire

/// What is remembered of cumulative series has an end, whatever their points say.
@Suite struct CumulativeSeriesTests {
    private func name(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    private func point(_ time: UInt64, buckets: Int = 0) -> CumulativeSeries.Point {
        CumulativeSeries.Point(start: 1, time: time, value: 1, buckets: Array(repeating: 1, count: buckets))
    }

    @Test func `of series with points at one moment no more are known than of others`() {
        let series = CumulativeSeries(seriesMax: 100, valuesMax: 1 << 20)
        for number in 0..<10_000 { series.note(point(5), series: name(number)) }
        #expect(series.size.series <= 200)
        for number in 0..<10_000 { _ = series.before(Hash128(high: 1, low: UInt64(number)), point(5)) }
        series.commit()
        #expect(series.size.series == 75 && series.size.values == 75 * 8)
    }

    @Test func `points of many buckets take the room of many series`() {
        let series = CumulativeSeries(seriesMax: 100, valuesMax: 1_000)
        for number in 0..<50 { series.note(point(UInt64(number), buckets: 92), series: name(number)) }
        #expect(series.size.values <= 2_000)
        for number in 50..<60 { _ = series.before(Hash128(high: 0, low: UInt64(number)), point(UInt64(number), buckets: 92)) }
        series.commit()
        #expect(series.size.series == 7 && series.size.values == 700)
        // The newest are there, and one that is larger than all room drives none of them out.
        _ = series.before(Hash128(high: 0, low: 99), point(99, buckets: 5_000))
        series.commit()
        #expect(series.size.series == 7)
        #expect(series.before(Hash128(high: 0, low: 59), point(100))?.time == 59)
    }
}
