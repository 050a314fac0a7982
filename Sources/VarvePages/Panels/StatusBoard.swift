internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// How everything stands that has a bound: what it was in the newest two hours, a day before, and each of thirty days.
struct StatusBoard: Panel {
    /// One thing that is judged.
    struct Item {
        var status: ChartStatus
        var answered: Answered
        var row: ViewRow?
        var column: String
        /// `component PaymentButton`; nil for the whole.
        var place: String?
        var lastSeen: Timestamp?
        var hours: Answered?
        /// The column, with its view where it would else say too little.
        var name: String {
            let view = answered.answer.view
            let says = column.split(separator: "_").contains { view.split(separator: "_").contains($0) }
            return says ? MetricWords.name(column) : "\(MetricWords.name(column)), \(MetricWords.name(view).lowercased())"
        }
    }

    /// Only these views; nil for all that have a bound.
    var views: [String]?
    var most = 14
    private static let hour: Int64 = 3_600_000_000_000
    private static let days: Int64 = 30

    private func judged(_ context: PageContext) -> [ViewDescription] {
        context.order.compactMap { context.views[$0] }.filter { view in
            (views?.contains(view.name) ?? true) && view.buckets.contains(.hour)
                && view.metrics.contains { $0.bounds.alert != nil || $0.bounds.healthy != nil }
        }
    }

    private func end(_ context: PageContext) -> Timestamp { PageRange.up(context.range.now, Self.hour) }

    /// The newest two hours: one may just have begun.
    private func now(_ view: ViewDescription, _ context: PageContext, split: Bool) -> Ask {
        let end = end(context)
        let from = Timestamp(nanoseconds: end.nanoseconds - 2 * Self.hour)
        return Ask(view.name, .all, by: split ? Array(view.dimensions.prefix(1)) : [], from: from, to: end, limit: 500)
    }

    private func month(_ view: ViewDescription, _ context: PageContext) -> Ask {
        let end = end(context)
        let day = PageRange.down(end, 24 * Self.hour).nanoseconds - (Self.days - 1) * 24 * Self.hour
        return Ask(view.name, .hour, from: Timestamp(nanoseconds: day), to: end)
    }

    func asks(_ context: PageContext) -> [Ask] {
        judged(context).flatMap { view in
            [now(view, context, split: false), month(view, context)]
                + (view.dimensions.isEmpty ? [] : [now(view, context, split: true)])
        }
    }

    /// The worst first. What never had a value in the month is left out.
    func items(_ context: PageContext, _ answers: PageAnswers) -> [Item] {
        var items: [Item] = []
        for view in judged(context) {
            guard let whole = answers[now(view, context, split: false)], let month = answers[month(view, context)] else {
                continue
            }
            let parts = view.dimensions.isEmpty ? nil : answers[now(view, context, split: true)]
            for metric in view.metrics where metric.bounds.alert != nil || metric.bounds.healthy != nil {
                items += self.items(metric.column, whole, parts, month)
            }
        }
        return items.enumerated().sorted {
            ($0.element.status.rank, $0.offset) < ($1.element.status.rank, $1.offset)
        }.map(\.element)
    }

    private func items(_ column: String, _ whole: Answered, _ parts: Answered?, _ month: Answered) -> [Item] {
        guard let last = month.rows.last(where: { $0[column]?.number != nil }) else { return [] }
        var worst: Item?
        for row in parts?.rows ?? [] {
            guard let parts, let status = parts.status(row, column), status == .warning || status == .critical else { continue }
            if let worst, worst.status.rank <= status.rank { continue }
            let place = parts.dimensions.map { row[$0]?.text ?? "none" }.joined(separator: " ")
            worst = Item(
                status: status, answered: parts, row: row, column: column, place: MetricWords.cut(place, to: 30), hours: month)
        }
        let row = whole.rows.first
        let isThere = row?[column]?.number != nil
        let status: ChartStatus = isThere ? row.flatMap { whole.status($0, column) } ?? .ok : .none
        let total = Item(
            status: status, answered: whole, row: isThere ? row : nil, column: column, lastSeen: last.time, hours: month)
        // What is worse in one place than in the whole is told by that place.
        if let worst, worst.status.rank < status.rank || (worst.status == status && parts?.rows.count ?? 0 > 1) { return [worst] }
        return [total]
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        let items = items(context, answers)
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Status of everything ")
                let shown = min(most, items.count)
                head.tag("small", ["class": "r m"], text: "\(shown) of \(items.count) shown, worst first; the newest two hours")
            }
            guard !items.isEmpty else {
                panel.tag("p", ["class": "m"], text: "Nothing that has a bound has sent anything in thirty days.")
                return
            }
            table(items.prefix(most), context, &panel)
            let note =
                "A bar is a day: pale is one without fault, the solid part grows with the hours beyond the bound, "
                + "striped is a warning, hollow a day without data."
            panel.tag("p", ["class": "m s"], text: note)
        }
    }

    private func table(_ items: ArraySlice<Item>, _ context: PageContext, _ panel: inout Markup) {
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Status, table"]) { scroll in
            scroll.tag("table", ["class": "stack", "role": "table"]) { table in
                table.tag("thead", ["role": "rowgroup"]) { head in
                    head.tag("tr", ["role": "row"]) { line in
                        for (name, looks) in [
                            ("Status", ""), ("What", ""), ("Now", "n"), ("Bound", "n opt"), ("Last 24 h", "w1 opt"),
                            ("Last 30 days", "w2"),
                        ] {
                            line.tag("th", ["role": "columnheader", "scope": "col", "class": looks], text: name)
                        }
                    }
                }
                table.tag("tbody", ["role": "rowgroup"]) { body in
                    for item in items { line(item, context, &body) }
                }
            }
        }
    }

    private func line(_ item: Item, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr", ["role": "row"]) { line in
            line.tag("td", ["role": "cell"]) {
                $0.tag("span", ["class": "st", "data-status": item.status.rawValue], text: item.status.word)
            }
            let dimension = item.place == nil ? nil : item.answered.dimensions.first
            line.tag("th", ["role": "rowheader", "scope": "row"]) { cell in
                var items = [PageState.Item("view", item.answered.answer.view), .init("column", item.column)]
                if let dimension { items.append(.init("by", dimension)) }
                cell.tag("a", ["href": context.state.page("/explore", items).link], text: item.name)
                if let place = item.place { cell.tag("small", ["class": "m"], text: " " + place) }
            }
            line.tag("td", ["role": "cell", "class": "n"]) { cell in
                if let row = item.row {
                    cell.tag("b") { item.answered.number(row, item.column, into: &$0) }
                } else {
                    cell.text(item.lastSeen.map { silence(since: $0, context) } ?? "no data")
                }
            }
            let bounds = item.answered.metric(item.column)?.bounds ?? MetricBounds()
            let limit = MetricWords.limit(bounds, item.answered.unit(item.column))
            line.tag("td", ["role": "cell", "class": "n opt m"], text: limit)
            line.tag("td", ["role": "cell", "class": "g w1 opt"]) { cell in
                if let hours = item.hours { Sparkline(lastDay(hours, item.column), height: 20).svg(into: &cell) }
            }
            line.tag("td", ["role": "cell", "class": "full w2"]) { cell in
                if let hours = item.hours { StatusBars(Self.days(hours, item.column)).svg(into: &cell) }
            }
        }
    }

    private func silence(since last: Timestamp, _ context: PageContext) -> String {
        let isToday = ClockText.day(last.nanoseconds) == ClockText.day(context.range.now.nanoseconds)
        return "since " + (isToday ? ClockText.time(last.nanoseconds) : ClockText.day(last.nanoseconds))
    }

    private func lastDay(_ hours: Answered, _ column: String) -> [Double?] {
        Array(Buckets(hours).values(column) { _ in true }.suffix(24))
    }

    /// Each day by its hours: how many of them were beyond a bound.
    static func days(_ hours: Answered, _ column: String) -> [StatusBars.Day] {
        let buckets = Buckets(hours)
        let count = Int(days)
        var states: [[ChartStatus]] = Array(repeating: [], count: count)
        for row in hours.rows {
            guard let index = buckets.index(row), index / 24 < count, row[column]?.number != nil else { continue }
            states[index / 24].append(hours.status(row, column) ?? .ok)
        }
        return states.map { day in
            guard !day.isEmpty else { return StatusBars.Day(.none) }
            let critical = day.count { $0 == .critical }
            let warning = day.count { $0 == .warning }
            if critical > 0 { return StatusBars.Day(.critical, share: Double(critical) / 24) }
            return warning > 0 ? StatusBars.Day(.warning, share: Double(warning) / 24) : StatusBars.Day(.ok)
        }
    }

    /// The sentence of a page whose judge this is.
    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        let items = items(context, answers)
        guard let worst = items.first else { return nil }
        let counts = ChartStatus.allCases.sorted { $0.rank < $1.rank }.compactMap { status -> (ChartStatus, String)? in
            let count = items.count { $0.status == status }
            return count == 0 ? nil : (status, "\(count) \(status.word)")
        }
        var sentence = Markup()
        guard worst.status == .critical || worst.status == .warning, let row = worst.row else {
            let silent = worst.status == .none
            sentence.text(silent ? ": \(worst.name) has sent nothing for two hours." : "")
            let lead = silent ? "No data" : "Everything that has a bound is within it"
            return Say(status: worst.status, lead: lead, sentence: sentence, counts: counts)
        }
        let bad = items.count { $0.status == worst.status }
        sentence.text(": \(worst.place.map { "\($0), " } ?? "")\(worst.name.lowercased()) is ")
        worst.answered.number(row, worst.column, into: &sentence)
        let limit = MetricWords.limit(
            worst.answered.metric(worst.column)?.bounds ?? MetricBounds(), worst.answered.unit(worst.column))
        sentence.text(" in the newest two hours, \(limit).")
        return Say(status: worst.status, lead: "\(bad) \(worst.status.word)", sentence: sentence, counts: counts)
    }
}
