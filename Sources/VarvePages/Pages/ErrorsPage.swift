internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// `/errors`: how many, which, where, and the newest of them one by one.
struct ErrorsPage: Page {
    let title = "Errors"
    private let list = PanelPage(panels: [
        Tiles(
            title: "Errors in the range",
            tiles: [
                Tile(title: "Errors", view: "errors", column: "errors", isMoreBetter: false),
                Tile(title: "Different messages", view: "errors", column: "messages", isMoreBetter: false),
                Tile(title: "Server errors", view: "requests", column: "error_rate"),
                Tile(title: "Error recovery", view: "error_recovery", column: "session_recovery"),
            ], most: 4),
        ChartPanel(
            id: "err", title: "Errors by kind", view: "errors", columns: ["errors"], by: "signal", kind: .line, span: "c7"),
        ErrorGroups(),
        RowsPanel(
            title: "Requests that failed", view: "requests", by: ["path"], columns: ["status_5xx", "requests", "error_rate"],
            sort: "status_5xx", top: 8, span: "c6", empty: nil),
        RowsPanel(
            title: "Error boundaries", view: "error_recovery", by: ["component"],
            columns: ["triggers", "recoveries", "session_recovery"], sort: "triggers", top: 8, span: "c6", empty: nil),
    ])

    func asks(_ context: PageContext) -> [Ask] { list.asks(context) }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        var read = EventRead(below: try Cursor.read(context), limit: 25)
        read.filter.signals = ["js.error", "js.unhandled_rejection", "error_boundary.triggered", "error.reported"]
        (read.filter.from, read.filter.to) = (context.range.from, context.range.to)
        return read
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        list.body(context, answers, into: &main)
        NextPages(context: context).html(into: &main)
        if let events {
            Feed(title: "Newest errors", note: "of scripts and boundaries, in the range", context: context)
                .html(events, into: &main)
        }
    }
}

/// The most frequent messages, of all kinds of errors.
struct ErrorGroups: Panel {
    private func ask(_ context: PageContext) -> Ask {
        Ask("errors", .all, by: ["signal"], from: context.range.from, to: context.range.to)
    }

    func asks(_ context: PageContext) -> [Ask] { context.views["errors"] == nil ? [] : [ask(context)] }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        main.tag("section", ["class": "panel c5"]) { panel in
            panel.tag("h2") { head in
                head.text("Most frequent ")
                head.tag("small", ["class": "m"], text: "the ten of each kind that come most often")
            }
            let groups = self.groups(answers[ask(context)])
            guard !groups.isEmpty else {
                Empty(context: context).html("errors", into: &panel)
                return
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Errors, table"]) { scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            line.tag("th", ["scope": "col"], text: "Message")
                            line.tag("th", ["scope": "col"], text: "Kind")
                            line.tag("th", ["scope": "col", "class": "n"], text: "Times")
                        }
                    }
                    table.tag("tbody") { body in
                        for group in groups.prefix(12) { self.line(group, context, &body) }
                    }
                }
            }
        }
    }

    private typealias Group = (message: String, signal: String, count: Int64)

    private func line(_ group: Group, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"]) { cell in
                let items = [PageState.Item("signal", group.signal), .init("where", "message=\(Quoted.text(group.message))")]
                cell.tag("a", ["href": context.state.page("/events", items).link], text: group.message)
            }
            line.tag("td", ["class": "m"], text: group.signal)
            line.tag("td", ["class": "n"], text: NumberText.grouped(Double(group.count), decimals: 0))
        }
    }

    private func groups(_ answered: Answered?) -> [Group] {
        var groups: [Group] = []
        for row in answered?.rows ?? [] {
            guard case .top(let entries)? = row["top_messages"] else { continue }
            let signal = row["signal"]?.text ?? ""
            groups += entries.compactMap { entry in
                guard let text = entry.value.text, text != ViewValue.otherName else { return nil }
                return (text, signal, Int64(entry.count))
            }
        }
        return groups.sorted { ($1.count, $0.message, $0.signal) < ($0.count, $1.message, $1.signal) }
    }
}

/// Where a list goes on.
enum Cursor {
    static func read(_ context: PageContext) throws(PageProblem) -> UInt64 {
        guard let text = context.state.first("cursor") else { return context.offset }
        guard let number = UInt64(text) else { throw .bad("cursor", "cursor is an offset, not “\(text)”") }
        return min(number, context.offset)
    }
}
