import Foundation
import Testing

@testable import VarveCharts

struct ChartTests {
    @Test func `of many values each column keeps its least and its greatest`() {
        var values: [Double?] = (0..<100_000).map { Double($0 % 97) }
        values[12_345] = 5_000
        values[77_001] = -300
        let lines = PixelColumns.lines(values, columns: 500)
        let kept = lines.flatMap { $0 }
        #expect(lines.count == 1)
        #expect(kept.count <= 2_000)
        #expect(kept.contains(12_345) && kept.contains(77_001))
        #expect(kept.first == 0 && kept.last == 99_999)
        #expect(kept == kept.sorted())
        for column in 0..<500 {
            let range = (column * 200)..<(column * 200 + 200)
            let all = range.compactMap { values[$0] }
            let shown = kept.filter { range.contains($0) }.compactMap { values[$0] }
            #expect(shown.max() == all.max() && shown.min() == all.min())
        }
    }

    @Test func `fewer values than columns are all drawn`() {
        #expect(PixelColumns.lines([1, 2, 3, 2], columns: 900) == [[0, 1, 2, 3]])
    }

    @Test func `a gap stays a gap`() {
        #expect(PixelColumns.lines([1, 2, nil, nil, 3, 4], columns: 900) == [[0, 1], [4, 5]])
        let chart = Chart(
            id: "c", title: "", kind: .line, unit: .count, start: 0, step: 1_000_000_000,
            series: [ChartSeries("a", [1, 2, nil, nil, 3, 4])])
        let svg = chart.file(width: 400, height: 200, theme: .light)
        let path = svg.split(separator: " d=\"").last { $0.hasPrefix("M") && !$0.hasPrefix("M-") }
        #expect(path?.prefix { $0 != "\"" }.filter { $0 == "M" }.count == 2)
        #expect(svg.contains("class=\"nod\""))
        #expect(chart.gapRanges.map(\.start) == [2_000_000_000])
    }

    @Test func `a single value between gaps is seen`() {
        var page = Markup()
        Chart(
            id: "c", title: "", kind: .line, unit: .count, start: 0, step: 1, series: [ChartSeries("a", [nil, nil, 4, nil])]
        ).svg(into: &page)
        #expect(page.text.contains("class=\"ln k1\" d=\"M4 "))
    }

    @Test func `numbers that are none, and enormous ones, draw something`() {
        for values: [Double?] in [
            [.nan, .infinity, 1], [1e300, -1e300], [.greatestFiniteMagnitude, 0], [nil], [], [0, 0], [-5, -3],
            [.greatestFiniteMagnitude, -.greatestFiniteMagnitude], [Double.leastNonzeroMagnitude, 0],
            [-Double.leastNonzeroMagnitude, .leastNormalMagnitude / 8], [1e-300, -1e308],
        ] {
            let chart = Chart(
                id: "c", title: "t", kind: .bars, unit: .milliseconds, start: .min, step: .max, series: [ChartSeries("a", values)]
            )
            let svg = chart.file(width: 10_000_000, height: -4, theme: .dark)
            #expect(svg.hasPrefix("<svg") && !svg.contains("nan") && !svg.contains("inf"))
            #expect(TerminalChart(chart).text.hasPrefix("t"))
        }
    }

    @Test(arguments: [
        (0.0, 97.0, 4), (0, 100, 4), (0, 1, 4), (0, 0.243, 4), (0, 12_345, 4), (0, 3_840, 4), (-20, 80, 5),
    ])
    func `an axis begins at nothing and has at most five steps`(least: Double, greatest: Double, steps: Int) {
        let axis = ValueAxis([least, greatest], height: 100, unit: .plain)
        #expect(axis.bottom <= least && axis.top >= greatest)
        #expect(axis.ticks.count - 1 <= steps && axis.ticks.contains { abs($0) < 1e-12 })
        #expect(axis.y(axis.top) == 0 && axis.y(axis.bottom) == 100)
    }

    @Test func `a day's ticks are round hours, and midnight says its day`() {
        let start: Int64 = 1_767_222_000_000_000_000
        let ticks = TimeAxis(start, start + 24 * 3_600_000_000_000).ticks
        #expect(ticks.count <= 13 && ticks.count > 6)
        #expect(ticks.contains { $0.label == "Thu 1" })
        #expect(ticks.allSatisfy { $0.time % 3_600_000_000_000 == 0 })
    }

    @Test func `numbers are read as people write them`() {
        let thin = "\u{202F}"
        #expect(ChartUnit.count.text(48_391) == "48\(thin)391")
        #expect(ChartUnit.fraction.text(0.243) == "24.3\(thin)%")
        #expect(ChartUnit.fraction.text(0) == "0\(thin)%")
        #expect(ChartUnit.fraction.text(0.0001) == "<0.1\(thin)%")
        #expect(ChartUnit.milliseconds.text(412) == "412\(thin)ms")
        #expect(ChartUnit.milliseconds.text(3_840) == "3.84\(thin)s")
        #expect(ChartUnit.bytes.text(4_588_504) == "4.4\(thin)MiB")
        #expect(ChartUnit.count.axis(50_000) == "50\(thin)k")
        #expect(NumberText.grouped(-1_234.56, decimals: 1) == "−1\(thin)234.6")
        #expect(ClockText.length(67 * 60 * 1_000_000_000) == "67\(thin)min")
        #expect(ClockText.length(7_620_000_000_000) == "2\(thin)h 07\(thin)min")
        #expect(ClockText.iso(0) == "1970-01-01T00:00:00Z" && ClockText.iso(-1) == "1969-12-31T23:59:59Z")
    }

    @Test func `no text becomes markup`() {
        var page = Markup()
        let evil = "</title><script>alert(\"1\")</script>&\u{0}\u{8}"
        page.tag("p", ["title": evil, "class": nil, "hidden": ""], text: evil)
        #expect(
            page.text
                == "<p title=\"&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;\u{FFFD}\u{FFFD}\" hidden>"
                + "&lt;/title&gt;&lt;script&gt;alert(\"1\")&lt;/script&gt;&amp;\u{FFFD}\u{FFFD}</p>")
        let chart = Chart(
            id: "c", title: evil, note: evil, summary: evil, kind: .line, unit: .count, start: 0, step: 1,
            series: [ChartSeries(evil, [1, 2]), ChartSeries("b", [1, 2])])
        #expect(!chart.file(width: 400, height: 200, theme: .light).contains("<script"))
    }

    @Test func `labels at the ends of lines do not lie upon each other`() {
        let places = LabelPlaces.apart([100, 101, 102, 198, 199], least: 16, floor: 200, ceiling: 0)
        for (one, next) in zip(places, places.dropFirst()) { #expect(next - one >= 15.99) }
        #expect(places.allSatisfy { $0 <= 200 })
    }
}
