internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews

/// What a chart shows, in words and numbers: the peak, how long beyond the bound, what is missing.
struct ChartSentence {
    private let answered: Answered
    private let chart: Chart
    private let column: String
    private let by: String?
    private let peak: ViewRow?
    /// Whether some shares are of so few events that nobody judges them.
    private let isCoarse: Bool

    init(_ answered: Answered, _ chart: Chart, _ column: String, by: String?) {
        self.answered = answered
        self.chart = chart
        self.column = column
        self.by = by
        let isWorstLeast = MetricWords.isMoreBetter(answered.metric(column)?.bounds) == true
        var worst: (row: ViewRow, value: Double)?
        let timed = answered.rows.filter { $0.time != nil && $0[column]?.number != nil }
        let firm = timed.filter { (answered.base($0, column) ?? 20) >= 20 }
        isCoarse = firm.count < timed.count
        // A share of three events is no peak, unless there is nothing else.
        for row in firm.count * 4 < timed.count ? timed : firm {
            guard let value = row[column]?.number else { continue }
            if let known = worst, isWorstLeast ? value >= known.value : value <= known.value { continue }
            worst = (row, value)
        }
        peak = worst?.row
    }

    private var isLeast: Bool { MetricWords.isMoreBetter(answered.metric(column)?.bounds) == true }

    private var place: String {
        guard let peak, let time = peak.time else { return "" }
        let who = by.map { " for \(peak[$0]?.text ?? "none")" } ?? ""
        let when = answered.answer.bucket == .day ? ClockText.day(time.nanoseconds) : ClockText.dayAndTime(time.nanoseconds)
        return "\(who) at \(when)"
    }

    /// Buckets in which the value was beyond its alert, or its target where there is no alert.
    private var trouble: String {
        guard let bounds = answered.metric(column)?.bounds, bounds.alert != nil || bounds.healthy != nil else { return "" }
        var times: Set<Int64> = []
        for row in answered.rows {
            guard let time = row.time, let status = answered.status(row, column) else { continue }
            if status == .critical || (bounds.alert == nil && status == .warning) { times.insert(time.nanoseconds) }
        }
        let name = bounds.alert.map { MetricWords.text($0, chart.unit) } ?? "outside the target"
        if times.isEmpty, isCoarse { return " Shares of fewer than 20 events are not judged." }
        return times.isEmpty ? " Never \(name)." : " \(capital(name)) for \(ClockText.length(Int64(times.count) * chart.step))."
    }

    private func capital(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private var missing: String {
        let gaps = chart.gapRanges
        guard let longest = gaps.max(by: { $0.end - $0.start < $1.end - $1.start }) else { return "" }
        let isDays = answered.answer.bucket == .day
        let told =
            isDays
            ? "\(ClockText.day(longest.start)) to \(ClockText.day(longest.end - 1))"
            : "\(ClockText.dayAndTime(longest.start)) to \(ClockText.time(longest.end))"
        return gaps.count == 1 ? " No data \(told)." : " \(gaps.count) gaps without data, the longest \(told)."
    }

    private var open: String { chart.isLastOpen && chart.kind == .bars ? " The open bar still runs." : "" }

    var text: String {
        guard let peak, let value = peak[column]?.number else { return "No data in this range." }
        return "\(isLeast ? "Lowest" : "Highest"): \(chart.unit.text(value))\(place).\(trouble)\(missing)\(open)"
    }

    /// The same with the number as data.
    func html(into page: inout Markup) {
        guard let peak, peak[column]?.number != nil else {
            page.text("No data in this range.")
            return
        }
        page.text(isLeast ? "Lowest: " : "Highest: ")
        page.tag("b") { answered.number(peak, column, inScope: true, into: &$0) }
        page.text("\(place).\(trouble)\(missing)\(open)")
    }
}
