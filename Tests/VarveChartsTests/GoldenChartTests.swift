import Foundation
import Testing
import VarveCharts

/// Charts as they were when somebody looked at them. VARVE_WRITE_GOLDEN=1 writes them anew, to be looked at again.
struct GoldenChartTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures/charts")

    static func rollbacks(_ kind: Chart.Kind) -> Chart {
        var (first, second): ([Double?], [Double?]) = ([], [])
        for hour in 0..<48 {
            let usual: Double = 0.02 + Double(hour % 5) / 500
            first.append(hour == 20 || hour == 21 ? nil : (30..<33).contains(hour) ? 0.24 : usual)
            second.append(0.01 + Double(hour * 7 % 11) / 900)
        }
        var chart = Chart(
            id: "roll", title: "Rollback rate <of all>", note: "percent, per hour", summary: "Highest: 24 % at Mon 8 Jan.",
            kind: kind, unit: .fraction, start: 1_767_225_600_000_000_000, step: 3_600_000_000_000,
            series: [ChartSeries("PaymentButton", first), ChartSeries("A & B", second)])
        chart.bounds = [ChartBound(0.1, label: "alert above 10 %", .alert), ChartBound(0.05, label: "target below 5 %", .target)]
        let hour: Int64 = 3_600_000_000_000
        chart.markers = [
            ChartMarker(at: chart.start + 29 * hour, "deploy 412", .event),
            ChartMarker(at: chart.start + 30 * hour, until: chart.start + 33 * hour, "incident 17", .incident),
        ]
        return chart
    }

    static let counts: Chart = {
        var chart = Chart(
            id: "vol", title: "Volume", note: "per hour", summary: "12 hours", kind: .bars, unit: .count,
            start: 1_767_225_600_000_000_000, step: 3_600_000_000_000,
            series: [
                ChartSeries("Events", [120, 98, 80, nil, nil, 60, 75, 140, 900, 1_204, 1_100, 300]),
                ChartSeries("the previous day", [100, 90, 85, 70, 66, 60, 80, 150, 880, 1_100, 1_050, 900], isGhost: true),
            ])
        chart.isLastOpen = true
        return chart
    }()

    @Test(arguments: Chart.Kind.allCases, ChartTheme.allCases)
    func `a chart is drawn as it was`(kind: Chart.Kind, theme: ChartTheme) throws {
        try compare(Self.rollbacks(kind).file(width: 900, height: 340, theme: theme), "\(kind.rawValue)-\(theme.rawValue).svg")
    }

    @Test func `bars with a gap and an open hour are drawn as they were`() throws {
        try compare(Self.counts.file(width: 640, height: 280, theme: .light), "volume.svg")
    }

    @Test func `a page has the same chart without a width`() throws {
        var page = Markup()
        Self.counts.svg(into: &page)
        Self.counts.key(into: &page)
        Self.rollbacks(.line).svg(into: &page)
        Self.rollbacks(.line).key(into: &page)
        try compare(page.text + "\n", "page.html")
    }

    @Test func `small shapes are drawn as they were`() throws {
        var page = Markup()
        Sparkline([3, 4, nil, 9, 2, 5], bound: 8).svg(into: &page)
        page.line()
        StatusBars([.init(.ok), .init(.critical, share: 0.2), .init(.warning, share: 0.5), .init(.none)]).svg(into: &page)
        page.line()
        var cells: [[Double?]] = []
        for day in 0..<7 {
            var row: [Double?] = (0..<24).map { Double(day * $0) }
            if day == 2 { row[3] = nil }
            cells.append(row)
        }
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        Heatmap(id: "h", unit: .count, rows: days, cells: cells) { "\($0)" }.svg(into: &page)
        page.line()
        let lane = TimelineLanes.Lane("api", [.init(at: 60, until: 90, .critical, "down"), .init(at: 20, .ok, "deploy")])
        TimelineLanes(start: 0, end: 100, lanes: [lane]).html(into: &page)
        page.line()
        try compare(page.text, "shapes.html")
    }

    @Test func `a terminal shows blocks, gaps and bounds`() throws {
        try compare(
            TerminalChart(Self.rollbacks(.line), width: 100).text + TerminalChart(Self.counts, width: 80).text, "terminal.txt")
    }

    private func compare(_ text: String, _ name: String) throws {
        let file = Self.folder.appending(path: name)
        if ProcessInfo.processInfo.environment["VARVE_WRITE_GOLDEN"] != nil {
            try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(name) is drawn otherwise")
    }
}
