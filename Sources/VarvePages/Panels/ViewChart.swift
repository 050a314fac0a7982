internal import VarveCatalog
public import VarveCharts
internal import VarveEvents
internal import VarveProjections
public import VarveViews
public import VarveWorkspace

/// A chart of a view's answer: the same for pages, `/chart.svg` and `varve chart`.
public enum ViewChart {
    /// Columns of one series each, or the values of a dimension, of one column.
    struct Choice {
        var columns: [String]
        var by: String?
        var kind: Chart.Kind?
    }

    /// - Parameters:
    ///   - column: Nil for the one that says most: of a column with a bound, else the first.
    ///   - by: A dimension to split by; nil for none.
    public static func chart(
        _ answer: ViewAnswer, _ description: ViewDescription, column: String?, by: String?, kind: Chart.Kind?, now: Int64?
    ) -> Chart {
        var ask = Ask(answer.view, answer.bucket, by: by.map { [$0] } ?? [])
        (ask.from, ask.to) = (answer.from, answer.to)
        let answered = Answered(ask: ask, answer: answer, description: description)
        let column = column ?? leading(description)
        let choice = Choice(columns: [column], by: by, kind: kind)
        return chart(id: "c", title: title(description.name, column, by), answered, choice, now: now)
    }

    /// The column that a chart of a view shows when nobody says which.
    public static func leading(_ description: ViewDescription) -> String {
        if let bounded = description.metrics.first(where: { $0.bounds.alert != nil || $0.bounds.healthy != nil }) {
            return bounded.column
        }
        if let p95 = description.metrics.first(where: { $0.column == "p95_ms" }) { return p95.column }
        let columns = description.tables.first?.columns.filter { !$0.isDimension && $0.kind != .time && $0.kind != .list } ?? []
        return columns.first?.name ?? "count"
    }

    static func title(_ view: String, _ column: String, _ by: String?) -> String {
        "\(view): \(MetricWords.name(column).lowercased())" + (by.map { " by \($0)" } ?? "")
    }

    static func chart(
        id: String, title: String, _ answered: Answered, _ choice: Choice, previous: Answered? = nil, previousName: String = "",
        now: Int64? = nil, markers: [ChartMarker] = []
    ) -> Chart {
        let buckets = Buckets(answered)
        let lead = choice.columns.first ?? ""
        let unit = answered.unit(lead)
        var series: [ChartSeries] = []
        if let by = choice.by {
            series = split(buckets, lead, by, fillsZero: unit == .count)
        } else {
            for column in choice.columns {
                series.append(ChartSeries(MetricWords.name(column), buckets.values(column) { _ in true }))
            }
        }
        if let previous, series.count == 1 {
            var before = Buckets(previous).values(lead) { _ in true }
            while before.count < buckets.count { before.append(nil) }
            series.append(ChartSeries(previousName, Array(before.prefix(buckets.count)), isGhost: true))
        }
        let isSplit = choice.by != nil
        let kind = choice.kind ?? (unit == .count && !isSplit && buckets.count <= 120 ? .bars : .line)
        var chart = Chart(
            id: id, title: title, note: note(answered, unit), kind: kind, unit: unit, start: buckets.start, step: buckets.step,
            series: series)
        if let bounds = answered.metric(lead)?.bounds { chart.bounds = MetricWords.lines(bounds, unit) }
        // A bound far above everything would press the values to the ground.
        let greatest = series.flatMap { $0.values.compactMap { $0 } }.max() ?? 0
        chart.bounds.removeAll { greatest > 0 && $0.value > greatest * 8 }
        chart.markers = markers
        chart.isLastOpen = now.map { chart.end > $0 && $0 >= chart.end - chart.step } ?? false
        let sentence = ChartSentence(answered, chart, lead, by: choice.by)
        chart.summary = sentence.text
        return chart
    }

    static func note(_ answered: Answered, _ unit: ChartUnit) -> String {
        let bucket = answered.answer.bucket.map { $0 == .all ? "" : "per \($0.name)" } ?? ""
        return [unit.name, bucket].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    /// The greatest values of a dimension, in the order of their names, so that each keeps its colour; what is left is one line.
    private static func split(_ buckets: Buckets, _ column: String, _ by: String, fillsZero: Bool) -> [ChartSeries] {
        var sums: [String: Double] = [:]
        for row in buckets.answered.rows {
            // Of a share those count most that are a share of most: one of one is no hundred percent worth a line.
            let weight = buckets.answered.base(row, column) ?? (row[column]?.number ?? 0).magnitude
            sums[row[by]?.text ?? "none", default: 0] += weight
        }
        let names = sums.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
        let present = buckets.present
        var series = names.prefix(Palette.seriesMax).sorted().map { name in
            var values = buckets.values(column) { ($0[by]?.text ?? "none") == name }
            if fillsZero { for index in values.indices where values[index] == nil && present[index] { values[index] = 0 } }
            return ChartSeries(name, values)
        }
        let rest = names.dropFirst(Palette.seriesMax)
        if fillsZero, !rest.isEmpty {
            let others = Set(rest)
            var values: [Double?] = present.map { $0 ? 0 : nil }
            for row in buckets.answered.rows where others.contains(row[by]?.text ?? "none") {
                if let index = buckets.index(row), let value = row[column]?.number {
                    values[index] = (values[index] ?? 0) + value
                }
            }
            series.append(ChartSeries("\(rest.count) others", values, isGhost: true))
        }
        return series
    }
}
