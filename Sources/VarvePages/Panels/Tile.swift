internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveWorkspace

/// A number of a view over the range: its value, how it stands to its bound, the change against the range before, a sparkline or
/// a bullet.
struct Tile: Panel {
    var title: String
    var view: String
    var column: String
    /// Whether more is better, where no bound says so.
    var isMoreBetter: Bool?
    /// Draws value and bound on a track instead of a sparkline.
    var isBullet = false
    var filters: [String] = []
    /// What its title leads to; nil for its view in Explore.
    var page: String?

    func asks(_ context: PageContext) -> [Ask] { [total(context), previous(context), series(context)] }

    private func total(_ context: PageContext) -> Ask {
        let span = context.span(view)
        return Ask(view, .all, where: filters, from: span.from, to: span.to)
    }

    private func previous(_ context: PageContext) -> Ask {
        let span = context.span(view)
        let length = span.to.nanoseconds - span.from.nanoseconds
        return Ask(view, .all, where: filters, from: Timestamp(nanoseconds: span.from.nanoseconds - length), to: span.from)
    }

    private func series(_ context: PageContext) -> Ask {
        let span = context.span(view)
        return Ask(view, context.level(view), where: filters, from: span.from, to: span.to)
    }

    /// Whether there is anything to show: tiles of what nobody sends are left out.
    func hasData(_ context: PageContext, _ answers: PageAnswers) -> Bool {
        [total(context), previous(context)].contains { answers[$0]?.rows.contains { $0[column]?.number != nil } ?? false }
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        guard let total = answers[total(context)] else { return }
        main.tag("section", Attributes(dictionaryLiteral: ("class", "panel kpi")).adding(total.scope)) { panel in
            let items = [PageState.Item("view", view), .init("column", column)] + filters.map { .init("where", $0) }
            let explore = page.map { context.state.page($0) } ?? context.state.page("/explore", items)
            let status = total.rows.first.flatMap { total.status($0, column) }
            panel.tag("h3") { head in
                head.tag("a", ["href": explore.link], text: title)
                if let status { head.tag("span", ["class": "st", "data-status": status.rawValue], text: status.word) }
            }
            guard let row = total.rows.first, let value = row[column]?.number else {
                return silent(context, answers, &panel)
            }
            let bounds = total.metric(column)?.bounds
            panel.tag("p", ["class": "big"]) { total.number(row, column, inScope: true, into: &$0) }
            if context.compares {
                let before = answers[previous(context)]?.rows.first?[column]?.number
                let better = MetricWords.isMoreBetter(bounds) ?? isMoreBetter
                let change = Change(
                    value, before, total.unit(column), isMoreBetter: better, against: context.range.previousName)
                let looks = change.isWorse.map { $0 ? "d bad" : "d good" } ?? "d flat"
                panel.tag("p", ["class": looks], text: change.text)
            }
            let limit = bounds?.alert?.number.value ?? bounds?.healthy?.number.value
            if isBullet, let bounds, let limit {
                bullet(value, limit, status ?? .ok, &panel)
                panel.tag("p", ["class": "d m"], text: MetricWords.limit(bounds, total.unit(column)))
            } else {
                Sparkline(values(context, answers), bound: limit).svg(into: &panel)
            }
        }
    }

    private func values(_ context: PageContext, _ answers: PageAnswers) -> [Double?] {
        guard let series = answers[series(context)] else { return [] }
        return Buckets(series).values(column) { _ in true }
    }

    /// An old number in large letters would be read as the present one.
    private func silent(_ context: PageContext, _ answers: PageAnswers, _ panel: inout Markup) {
        panel.tag("p", ["class": "big"]) { $0.tag("span", ["class": "st", "data-status": "none"], text: "no data") }
        let rows = answers[series(context)]?.rows ?? []
        let last = rows.last { $0[column]?.number != nil }?.time
        panel.tag(
            "p", ["class": "d flat"],
            text: last.map { "since \(ClockText.dayAndTime($0.nanoseconds))" } ?? "in this range")
    }

    private func bullet(_ value: Double, _ limit: Double, _ status: ChartStatus, _ panel: inout Markup) {
        let scale = max(value, limit) * 1.25
        func percent(_ share: Double) -> String { NumberText.share(max(0, min(1, share))) }
        let colour = status == .critical ? "fc" : status == .warning ? "fw" : "f1"
        panel.tag("svg", ["class": "spark", "height": "16", "aria-hidden": "true"]) { svg in
            svg.shape("rect", ["class": "fr", "y": "4", "width": "100%", "height": "8"])
            svg.shape("rect", ["class": colour, "y": "4", "width": percent(scale > 0 ? value / scale : 0), "height": "8"])
            svg.shape(
                "rect", ["class": "fi", "x": percent(scale > 0 ? limit / scale : 0), "y": "0", "width": "2", "height": "16"])
        }
    }
}

/// Several tiles in a row; those without data are left out.
struct Tiles: Panel {
    var title: String
    var tiles: [Tile]
    /// How many at most.
    var most = 6

    func asks(_ context: PageContext) -> [Ask] {
        tiles.filter { context.views[$0.view] != nil }.flatMap { $0.asks(context) }
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        let shown = tiles.filter { $0.hasData(context, answers) }.prefix(most)
        guard !shown.isEmpty else { return }
        main.tag("h2", ["class": "vh"], text: title)
        main.tag("div", ["class": shown.count == 4 || shown.count == 8 ? "kpis q" : "kpis"]) { row in
            for tile in shown { tile.html(context, answers, into: &row) }
        }
    }
}

extension PageContext {
    /// The range for a view: of one that keeps days, whole days.
    func span(_ view: String) -> (from: Timestamp, to: Timestamp) {
        guard views[view]?.buckets.first == .day else { return (range.from, range.to) }
        let day: Int64 = 86_400_000_000_000
        return (PageRange.down(range.from, day), PageRange.up(range.to, day))
    }
}
