internal import VarveCharts
internal import VarveProjections

/// The services as their last check found them, with the share of checks that were good: each leads to its diagnostics (C32).
struct ServicesPanel: Panel {
    private static let heads: [(name: String, looks: String)] = [
        ("Status", ""), ("Service", ""), ("Uptime", "n"), ("Since", ""), ("Latency", "n opt"), ("Last error", "opt"),
        ("Last 30 days", "w2"),
    ]

    func asks(_ context: PageContext) -> [Ask] {
        guard context.views[ServiceUptime.statusView] != nil else { return [] }
        guard context.views[ServiceUptime.view] != nil else { return [ServiceUptime.states()] }
        return [ServiceUptime.states(), ServiceUptime.month(context), ServiceUptime.range(context)]
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        guard let states = answers[ServiceUptime.states()], !states.rows.isEmpty else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Services ")
                head.tag("small", ["class": "m"], text: "as their last check found them; uptime is of the range")
                head.tag("small", ["class": "r"]) {
                    let link = context.state.page("/views/" + ServiceUptime.statusView).link
                    $0.tag("a", ["href": link], text: ServiceUptime.statusView)
                }
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Services, table"]) { scroll in
                scroll.tag("table", Attributes(dictionaryLiteral: ("class", "stack"), ("role", "table")).adding(states.scope)) {
                    table(states, context, answers, &$0)
                }
            }
        }
    }

    private func table(_ states: Answered, _ context: PageContext, _ answers: PageAnswers, _ table: inout Markup) {
        table.tag("thead", ["role": "rowgroup"]) { head in
            head.tag("tr", ["role": "row"]) { line in
                for (name, looks) in Self.heads {
                    line.tag("th", ["role": "columnheader", "scope": "col", "class": looks], text: name)
                }
            }
        }
        let (month, range) = (answers[ServiceUptime.month(context)], answers[ServiceUptime.range(context)])
        table.tag("tbody", ["role": "rowgroup"]) { body in
            for row in states.rows { line(row, states, month, range, context, &body) }
        }
    }

    private func line(
        _ row: ViewRow, _ states: Answered, _ month: Answered?, _ range: Answered?, _ context: PageContext,
        _ body: inout Markup
    ) {
        let service = row["service"]?.text ?? ""
        body.tag("tr", ["role": "row"]) { line in
            line.tag("td", ["role": "cell"]) { cell in
                let word = row["status"]?.text ?? "unknown"
                cell.tag("span", ["class": "st", "data-status": StateWords.status(word).rawValue], text: word)
            }
            line.tag("th", ["role": "rowheader", "scope": "row"]) {
                $0.tag("a", ["href": context.state.page(ServiceUptime.path(service)).link], text: service)
            }
            line.tag("td", ["role": "cell", "class": "n"]) { cell in
                guard let range, let row = range.rows.first(where: { $0["service"]?.text == service }) else {
                    return cell.tag("span", ["class": "m"], text: "no check")
                }
                range.number(row, ServiceUptime.column, into: &cell)
            }
            line.tag("td", ["role": "cell", "class": "m"]) { states.value(row, "since", into: &$0) }
            line.tag("td", ["role": "cell", "class": "n opt"]) { states.value(row, "latency_ms", into: &$0) }
            line.tag("td", ["role": "cell", "class": "opt m"]) { states.value(row, "error", into: &$0) }
            line.tag("td", ["role": "cell", "class": "full w2"]) { cell in
                if let month { ServiceUptime.bars(month, service).svg(into: &cell) }
            }
        }
    }
}
