internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// `/views`: all views, what they mean, how far they are.
struct ViewsPage: Page {
    let title = "Views"

    func asks(_ context: PageContext) -> [Ask] { [] }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Views ")
                head.tag("small", ["class": "m"], text: "\(context.order.count), each a pure function of the log")
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Views, table"]) { scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            for (name, looks) in [
                                ("View", ""), ("What it says", "opt"), ("Split by", "opt"), ("Rows kept", "n"), ("Behind", "n"),
                            ] {
                                line.tag("th", ["scope": "col", "class": looks], text: name)
                            }
                        }
                    }
                    table.tag("tbody") { body in
                        for name in context.order {
                            if let view = context.views[name] { line(view, context, &body) }
                        }
                    }
                }
            }
        }
    }

    private func line(_ view: ViewDescription, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"]) { cell in
                cell.tag("a", ["href": context.state.page("/views/" + PageState.encode(view.name)).link], text: view.name)
            }
            line.tag("td", ["class": "m opt"], text: view.meaning ?? "defined in this directory")
            line.tag("td", ["class": "opt"], text: view.dimensions.joined(separator: ", "))
            line.tag("td", ["class": "n"], text: view.kept.map { NumberText.grouped(Double($0.cells), decimals: 0) } ?? "–")
            let behind = view.kept.map { context.durable - min(context.durable, $0.offset.value) }
            line.tag("td", ["class": "n"], text: behind.map { NumberText.grouped(Double($0), decimals: 0) } ?? "not kept")
        }
    }
}
