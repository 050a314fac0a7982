import Testing
import VarveWire

/// What is remembered of cumulative series has an end, whatever their points say.
@Suite struct CumulativeSeriesTests {
    private func note(_ number: Int, _ time: UInt64, buckets: Int = 0, in series: CumulativeSeries) {
        let digits = String(number, radix: 16)
        let name = String(repeating: "0", count: 32 - digits.count) + digits
        let point = CumulativeSeries.Point(start: 1, time: time, value: 1, buckets: Array(repeating: 1, count: buckets))
        series.note(point, series: name)
    }

    @Test func `of series with points at one moment no more are known than of others`() {
        let series = CumulativeSeries(seriesMax: 100, valuesMax: 1 << 20)
        for number in 0..<10_000 { note(number, 5, in: series) }
        #expect(series.size.series <= 200)
        for number in 20_000..<20_120 { note(number, 5, in: series) }
        series.commit()
        #expect(series.size.series == 75 && series.size.values == 75 * 8)
    }

    @Test func `points of many buckets take the room of many series, and the newest stay`() {
        let series = CumulativeSeries(seriesMax: 100, valuesMax: 1_000)
        for number in 0..<59 { note(number, UInt64(number), buckets: 92, in: series) }
        #expect(series.size.values <= 2_000)
        // One that is larger than all room drives none of the others out.
        note(99, 99, buckets: 5_000, in: series)
        series.commit()
        #expect(series.size.series == 7 && series.size.values == 700)
        // Of one that is known nothing new is told.
        note(58, 58, in: series)
        #expect(series.size.series == 7 && series.size.values == 700)
        note(0, 0, in: series)
        #expect(series.size.series == 8 && series.size.values == 708)
    }
}
