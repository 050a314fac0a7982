internal import Foundation
internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// `/views/{name}`: what a view is, what it says, and how to prove that.
struct ViewPage: Page {
    let view: ViewDescription
    var title: String { view.name }

    /// Nil when there is no such view.
    init?(_ context: PageContext, name raw: String) {
        guard let view = context.views[raw.removingPercentEncoding ?? raw] else { return nil }
        self.view = view
    }

    private var chart: ChartPanel {
        ChartPanel(
            id: "view", title: ViewChart.title(view.name, ViewChart.leading(view), nil), view: view.name,
            columns: [ViewChart.leading(view)], span: "c7", plotHeight: 200)
    }
    private var table: Ask { Ask.table(view.name, limit: 30) }

    func asks(_ context: PageContext) -> [Ask] { view.buckets.isEmpty ? [table] : chart.asks(context) }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        if !view.buckets.isEmpty {
            chart.html(context, answers, into: &main)
        } else if let answered = answers[table] {
            main.tag("section", ["class": "panel c7"]) { panel in
                panel.tag("h2") { head in
                    head.text("Rows ")
                    head.tag("small", ["class": "m"], text: "the first \(answered.rows.count)")
                }
                if answered.rows.isEmpty {
                    panel.tag("p", ["class": "m"], text: "No event has fed this view yet.")
                } else {
                    RowsTable(columns: answered.answer.columns.map(\.name), label: view.name)
                        .html(answered, answered.rows, into: &panel)
                }
            }
        }
        facts(context, &main)
        if !view.metrics.isEmpty { columns(&main) }
        definition(&main)
    }

    private func facts(_ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel c5"]) { panel in
            panel.tag("h2", text: "What it is")
            if let meaning = view.meaning { panel.tag("p", ["class": "take"], text: meaning + ".") }
            panel.tag("dl", ["class": "kv"]) { list in
                func fact(_ name: String, _ value: String) {
                    list.tag("dt", text: name)
                    list.tag("dd", text: value)
                }
                fact("Version", "\(view.version)" + (view.isBuiltIn ? ", built in" : ", defined in this directory"))
                let signals = view.view.signals
                let names = signals.names + signals.prefixes.map { $0 + "…" }
                fact("From", names.isEmpty ? "every signal" : names.joined(separator: ", "))
                if !view.dimensions.isEmpty { fact("Split by", view.dimensions.joined(separator: ", ")) }
                if !view.buckets.isEmpty { fact("Buckets", view.buckets.map(\.name).joined(separator: ", ")) }
                fact("Days begin in", view.zone.name)
                list.tag("dt", text: "Fingerprint")
                list.tag("dd") { $0.tag("code", text: "\(view.view.fingerprint)") }
                if let kept = view.kept {
                    fact("Kept", "\(kept.cells) cells, up to offset \(kept.offset.value)" + (kept.isFrozen ? ", frozen" : ""))
                    fact("Complete from", "offset \(kept.completeFrom.value)")
                } else {
                    fact("Kept", "by no projector: it is read from the log")
                }
            }
            panel.tag("p", ["class": "lk"]) { links in
                links.tag("a", ["href": context.state.page("/explore", [.init("view", view.name)]).link], text: "Explore")
                let moment = context.isPast ? [PageState.Item("at", "\(context.offset)")] : []
                let hash = PageState(path: "/api/v1/views/\(PageState.encode(view.name))/hash", items: moment).link
                links.tag("a", ["href": hash], text: "Hash at this offset")
            }
            panel.tag("code", ["class": "cmd", "data-copy": ""], text: "varve view prove \(view.name)")
        }
    }

    private func columns(_ main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "Columns")
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Columns, table"]) { scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            for name in ["Column", "Unit", "Formula", "Bound"] { line.tag("th", ["scope": "col"], text: name) }
                        }
                    }
                    table.tag("tbody") { body in
                        for metric in view.metrics {
                            body.tag("tr") { line in
                                line.tag("th", ["scope": "row"]) { $0.tag("code", text: metric.column) }
                                line.tag("td", text: metric.unit?.rawValue ?? "")
                                line.tag("td", ["class": "m"], text: metric.formula)
                                line.tag("td", text: MetricWords.limit(metric.bounds, ChartUnit(metric.unit)))
                            }
                        }
                    }
                }
            }
        }
    }

    private func definition(_ main: inout Markup) {
        guard case .mergeable(let definition) = view.view else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("details") { details in
                details.tag("summary", text: "Definition, as a file of your own would have it")
                details.tag("pre", ["class": "cmd", "tabindex": "0"], text: definition.yaml)
            }
        }
    }
}
