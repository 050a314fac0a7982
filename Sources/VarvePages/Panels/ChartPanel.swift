internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// A chart of a view, with its sentence above it, a table behind it, and links to the same elsewhere.
struct ChartPanel: Panel {
    var id: String
    var title: String
    var view: String
    var columns: [String]
    /// A dimension whose values are the lines.
    var by: String?
    var kind: Chart.Kind?
    /// How many of twelve columns of the page.
    var span = "c6"
    var filters: [String] = []
    /// Lowest level, and how many of the buckets are shown: a chart of days shows at least so many days.
    var daysMin: Int64 = 0
    var plotHeight = 180.0
    /// Marks buckets further than two standard deviations from the mean.
    var marksUnusual = false
    /// Left out where nothing is there.
    var isOptional = false

    func asks(_ context: PageContext) -> [Ask] {
        let asked = ask(context)
        return compares(context) ? [asked, previous(asked)] : [asked]
    }

    /// A single line over the page's own range can stand beside the range before.
    private func compares(_ context: PageContext) -> Bool {
        by == nil && context.compares && columns.count == 1 && daysMin == 0
    }

    func ask(_ context: PageContext) -> Ask {
        var (from, to) = context.span(view)
        var level = context.level(view)
        if daysMin > 0 {
            let day: Int64 = 86_400_000_000_000
            (level, to) = (.day, PageRange.up(to, day))
            from = min(PageRange.down(from, day), Timestamp(nanoseconds: to.nanoseconds - daysMin * day))
        }
        return Ask(view, level, by: by.map { [$0] } ?? [], where: filters, from: from, to: to)
    }

    private func previous(_ ask: Ask) -> Ask {
        var before = ask
        guard let from = ask.from, let to = ask.to else { return ask }
        before.to = from
        before.from = Timestamp(nanoseconds: from.nanoseconds - (to.nanoseconds - from.nanoseconds))
        return before
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        let asked = ask(context)
        guard context.views[view] != nil else { return }
        if isOptional, answers.problem(asked) == nil, answers[asked]?.rows.isEmpty ?? true { return }
        main.tag("section", ["class": "panel \(span)"]) { panel in
            if let problem = answers.problem(asked) {
                panel.tag("h2", text: title)
                panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
                return
            }
            guard let answered = answers[asked], !answered.rows.isEmpty else {
                panel.tag("h2", text: title)
                Empty(context: context).html(view, into: &panel)
                return
            }
            let before = compares(context) ? answers[previous(asked)] : nil
            let chart = chart(context, answered, before)
            panel.tag("figure", Attributes(dictionaryLiteral: ("class", "chart"), ("id", id)).adding(answered.scope)) { figure in
                write(chart, answered, context, &figure)
            }
        }
    }

    func chart(_ context: PageContext, _ answered: Answered, _ before: Answered?) -> Chart {
        var chart = ViewChart.chart(
            id: id, title: title, answered, .init(columns: columns, by: by, kind: kind), previous: before,
            previousName: context.range.previousName, now: context.range.now.nanoseconds)
        chart.plotHeight = plotHeight
        if marksUnusual { chart.markers = Self.unusual(chart) }
        return chart
    }

    private static func unusual(_ chart: Chart) -> [ChartMarker] {
        let values = chart.series.first?.values ?? []
        let known = values.dropLast(chart.isLastOpen ? 1 : 0).compactMap { $0 }
        guard known.count >= 7 else { return [] }
        let mean = known.reduce(0, +) / Double(known.count)
        let square = known.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(known.count)
        let deviation = square.squareRoot()
        guard deviation > 0 else { return [] }
        let far = values.enumerated().compactMap { index, value -> (index: Int, score: Double)? in
            guard let value, !(chart.isLastOpen && index == values.count - 1) else { return nil }
            let score = (value - mean) / deviation
            return score.magnitude > 2 ? (index, score) : nil
        }
        return far.sorted { ($1.score.magnitude, $0.index) < ($0.score.magnitude, $1.index) }.prefix(3).map { found in
            let label = NumberText.grouped(found.score, decimals: 1) + " σ"
            return ChartMarker(at: chart.start + Int64(found.index) * chart.step + chart.step / 2, label, .event)
        }
    }

    func write(_ chart: Chart, _ answered: Answered, _ context: PageContext, _ figure: inout Markup) {
        figure.tag("div", ["class": "hd"]) { head in
            head.tag("h2", ["id": "\(id)-t"], text: title)
            head.tag("small", ["class": "m"], text: chart.note)
        }
        figure.tag("p", ["class": "take s", "id": "\(id)-d"]) {
            ChartSentence(answered, chart, columns.first ?? "", by: by).html(into: &$0)
        }
        chart.key(into: &figure)
        chart.svg(into: &figure)
        figure.tag("div", ["class": "zoom", "hidden": "", "data-zoom": "\(chart.start) \(chart.end) \(chart.step)"]) { _ in }
        links(answered.ask, context, &figure)
        table(answered, &figure)
    }

    private func links(_ ask: Ask, _ context: PageContext, _ figure: inout Markup) {
        let moment = context.isPast ? [PageState.Item("at", "\(context.offset)")] : []
        figure.tag("p", ["class": "lk r"]) { links in
            for (name, label) in [("csv", "CSV"), ("json", "JSON")] {
                let items = ask.items + moment + [.init("format", name)]
                let link = PageState(path: "/api/v1/views/" + PageState.encode(view), items: items).link
                links.tag("a", ["href": link], text: label)
            }
            let column = PageState.Item("column", columns.first ?? "")
            let svg = PageState(path: "/chart.svg", items: [.init("view", view), column] + ask.items + moment).link
            links.tag("a", ["href": svg], text: "SVG")
            if context.state.path != "/explore" {
                var items = [PageState.Item("view", view), column]
                if let by { items.append(.init("by", by)) }
                items += filters.map { .init("where", $0) }
                links.tag("a", ["href": context.state.page("/explore", items).link], text: "Explore")
            }
        }
    }

    /// The newest rows, of the columns that are drawn.
    private func table(_ answered: Answered, _ figure: inout Markup) {
        let most = 24
        let rows = answered.rows.suffix(most)
        let part = rows.count < answered.rows.count ? "the last \(rows.count) of \(answered.rows.count)" : "\(rows.count)"
        figure.tag("details") { details in
            details.tag("summary", text: "Table, \(part) rows")
            RowsTable(columns: (by.map { [$0] } ?? []) + columns, label: title).html(answered, Array(rows), into: &details)
        }
    }
}
