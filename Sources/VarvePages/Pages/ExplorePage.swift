internal import VarveCatalog
internal import VarveCharts
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// `/explore`: any view, by any of its dimensions, filtered, compared, as a chart or a table, down to single events.
struct ExplorePage: Page {
    let title = "Explore"

    func asks(_ context: PageContext) -> [Ask] {
        guard let question = ExploreQuestion(context) else { return [] }
        if question.isSequential { return [question.table(context)] }
        return question.panel(context).asks(context) + [question.totals(context)]
            + (context.compares ? [question.before(context)] : [])
    }

    func status(_ context: PageContext, _ answers: PageAnswers) -> Int {
        guard let question = ExploreQuestion(context) else { return 422 }
        let ask = question.isSequential ? question.table(context) : question.panel(context).ask(context)
        return answers.problem(ask)?.status ?? 200
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        let question = ExploreQuestion(context)
        let ask = question.map { $0.isSequential ? $0.table(context) : $0.panel(context).ask(context) }
        ExploreForm(context: context, question: question, problem: ask.flatMap { answers.problem($0) }).html(into: &main)
        guard let question, let ask else { return }
        if question.isSequential {
            sequential(question, context, answers, &main)
        } else if answers.problem(ask) == nil {
            if !question.showsTable { question.panel(context).html(context, answers, into: &main) }
            rows(question, context, answers, &main)
        }
        if answers.problem(ask) == nil { elsewhere(question, ask, context, &main) }
    }

    private func sequential(
        _ question: ExploreQuestion, _ context: PageContext, _ answers: PageAnswers, _ main: inout Markup
    ) {
        guard let answered = answers[question.table(context)] else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("\(question.view.name) ")
                head.tag("small", ["class": "m"], text: "the first \(answered.rows.count) rows")
            }
            RowsTable(columns: answered.answer.columns.map(\.name), label: question.view.name)
                .html(answered, answered.rows, into: &panel)
        }
    }

    // MARK: Rows

    private func rows(_ question: ExploreQuestion, _ context: PageContext, _ answers: PageAnswers, _ main: inout Markup) {
        guard let answered = answers[question.totals(context)], !answered.rows.isEmpty else { return }
        main.tag("section", ["class": question.showsTable ? "panel" : "panel c8"]) { panel in
            panel.tag("h2") { head in
                let what =
                    answered.dimensions.isEmpty ? "the whole" : "one row for each " + answered.dimensions.joined(separator: ", ")
                head.text("Rows ")
                head.tag("small", ["class": "m"], text: "\(what), over the range")
                let show = context.state.setting(["show": question.showsTable ? nil : "table"])
                head.tag("small", ["class": "r"]) {
                    $0.tag("a", ["href": show.link], text: question.showsTable ? "Show the chart" : "Show as table")
                }
            }
            table(question, answered, answers[question.before(context)], context, &panel)
            if answered.answer.rowsCut > 0 {
                panel.tag("p", ["class": "m s"], text: "\(answered.answer.rowsCut) further rows are not shown.")
            }
        }
    }

    private func table(
        _ question: ExploreQuestion, _ answered: Answered, _ before: Answered?, _ context: PageContext, _ panel: inout Markup
    ) {
        let others = ExploreQuestion.columns(question.view).filter { $0 != question.column }.prefix(question.showsTable ? 12 : 3)
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Rows, table"]) { scroll in
            scroll.tag("table", answered.scope) { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        for name in answered.dimensions { line.tag("th", ["scope": "col"], text: name) }
                        line.tag("th", ["scope": "col", "class": "n", "aria-sort": "descending"]) {
                            $0.text(MetricWords.name(question.column) + " ▾")
                        }
                        if context.compares { line.tag("th", ["scope": "col", "class": "n opt"], text: "Change") }
                        for name in others { line.tag("th", ["scope": "col", "class": "n opt"], text: MetricWords.name(name)) }
                        line.tag("th", ["scope": "col", "class": "n"], text: "Drill down")
                    }
                }
                table.tag("tbody") { body in
                    for row in answered.rows { line(row, question, answered, before, Array(others), context, &body) }
                }
            }
        }
    }

    private func line(
        _ row: ViewRow, _ question: ExploreQuestion, _ answered: Answered, _ before: Answered?, _ others: [String],
        _ context: PageContext, _ body: inout Markup
    ) {
        body.tag("tr") { line in
            for name in answered.dimensions {
                line.tag("th", ["scope": "row"]) { cell in
                    let text = row[name]?.text ?? ""
                    let filter = "\(name)=\(Quoted.text(text))"
                    var filtered = context.state
                    if !question.filters.contains(filter) { filtered.items.append(.init("where", filter)) }
                    cell.tag("a", ["href": filtered.link], text: text.isEmpty ? "none" : text)
                }
            }
            line.tag("td", ["class": "n"]) { cell in
                if let status = answered.status(row, question.column), status != .ok {
                    cell.tag("span", ["class": "st dot", "data-status": status.rawValue]) {
                        $0.tag("span", ["class": "vh"], text: status.word + " ")
                    }
                }
                cell.tag("b") { answered.number(row, question.column, inScope: true, into: &$0) }
            }
            if context.compares {
                let earlier = before?.rows.first {
                    $0.values.prefix(answered.dimensions.count) == row.values.prefix(answered.dimensions.count)
                }
                line.tag("td", ["class": "n opt m"], text: change(row, earlier, question, answered, context))
            }
            for name in others { line.tag("td", ["class": "n opt"]) { answered.value(row, name, into: &$0) } }
            line.tag("td", ["class": "n"]) { cell in
                cell.tag("a", ["href": drill(row, question, answered, context).link], text: "Events")
            }
        }
    }

    private func change(
        _ row: ViewRow, _ earlier: ViewRow?, _ question: ExploreQuestion, _ answered: Answered, _ context: PageContext
    ) -> String {
        guard let value = row[question.column]?.number else { return "–" }
        let better = MetricWords.isMoreBetter(answered.metric(question.column)?.bounds)
        let change = Change(
            value, earlier?[question.column]?.number, answered.unit(question.column), isMoreBetter: better, against: "before")
        let tail = " vs before"
        return change.text.hasSuffix(tail) ? String(change.text.dropLast(tail.count)) : change.text
    }

    /// The events behind a row, as far as fields say it: signals, the row's values, the filters, the range.
    private func drill(
        _ row: ViewRow, _ question: ExploreQuestion, _ answered: Answered, _ context: PageContext
    ) -> PageState {
        guard case .mergeable(let definition) = question.view.view else { return context.state.page("/events") }
        var items: [PageState.Item] = definition.signals.names.map { .init("signal", $0) }
        items += definition.signals.prefixes.map { .init("signal", $0 + "*") }
        for name in answered.dimensions {
            guard let dimension = definition.dimensions.first(where: { $0.name == name }), dimension.transform == .none,
                let text = row[name]?.text
            else { continue }
            items.append(.init("where", "\(dimension.field.name)=\(Quoted.text(text))"))
        }
        items += question.filters.map { .init("where", $0) }
        items.append(.init("from", BucketText.iso(context.range.from)))
        items.append(.init("to", BucketText.iso(context.range.to)))
        return context.state.page("/events", items)
    }

    private func elsewhere(_ question: ExploreQuestion, _ ask: Ask, _ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": question.showsTable || question.isSequential ? "panel" : "panel c4"]) { panel in
            panel.tag("h2", text: "The same answer elsewhere")
            panel.tag("p", ["class": "lab"], text: "Command line")
            panel.tag("code", ["class": "cmd", "data-copy": ""], text: question.command(ask, context))
            panel.tag("p", ["class": "lab"], text: "HTTP")
            panel.tag("code", ["class": "cmd", "data-copy": ""], text: question.request(ask, context))
            panel.tag("dl", ["class": "kv"]) { list in
                list.tag("dt", text: "View")
                list.tag("dd") { item in
                    let page = context.state.page("/views/" + PageState.encode(question.view.name))
                    item.tag("a", ["href": page.link], text: "\(question.view.name), version \(question.view.version)")
                }
                if let metric = question.view.metrics.first(where: { $0.column == question.column }) {
                    list.tag("dt", text: "Formula")
                    list.tag("dd", text: metric.formula)
                    let limit = MetricWords.limit(metric.bounds, ChartUnit(metric.unit))
                    if !limit.isEmpty {
                        list.tag("dt", text: "Bound")
                        list.tag("dd", text: limit)
                    }
                }
            }
        }
    }
}
