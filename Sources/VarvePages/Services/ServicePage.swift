internal import Foundation
internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// `/services/{name}`: the diagnostics of one service: how it stands, since when, its uptime and latency, and its last checks
/// (C32, C61).
struct ServicePage: Page {
    let name: String

    init(name raw: String) { name = raw.removingPercentEncoding ?? raw }

    var title: String { "Service \(name)" }

    private var filter: String { ServiceUptime.filter(name) }
    private var state: Ask { ServiceUptime.states([filter]) }
    private var changes: Ask {
        Ask.table(ServiceUptime.statusView, "transitions", where: [filter], sort: "time:desc", limit: 12)
    }

    private func tile(_ title: String, _ column: String, isMoreBetter: Bool? = nil) -> Tile {
        Tile(title: title, view: ServiceUptime.view, column: column, isMoreBetter: isMoreBetter, filters: [filter])
    }

    private var list: PanelPage {
        PanelPage(panels: [
            Tiles(
                title: "The service in numbers",
                tiles: [
                    tile("Uptime", "uptime", isMoreBetter: true),
                    tile("Latency p95", "p95_ms", isMoreBetter: false),
                    tile("Latency, worst", "max_ms", isMoreBetter: false),
                    tile("Checks", "checks"),
                ]),
            ChartPanel(
                id: "lat", title: "Latency of the checks", view: ServiceUptime.view, columns: ["p95_ms", "p50_ms"], span: "c7",
                filters: [filter], plotHeight: 160),
            ChartPanel(
                id: "up", title: "Uptime", view: ServiceUptime.view, columns: ["uptime"], kind: .line, span: "c5",
                filters: [filter], plotHeight: 160),
        ])
    }

    func asks(_ context: PageContext) -> [Ask] {
        guard context.views[ServiceUptime.statusView] != nil else { return [] }
        return [state, changes, ServiceUptime.month(context, [filter])] + list.asks(context)
    }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        var read = EventRead(below: try Cursor.read(context), limit: 25)
        read.filter.signals = ["health.check"]
        read.filter.conditions = [FieldCondition("service", .equal, .text(name))]
        return read
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        guard let row = answers[state]?.rows.first else { return nil }
        let word = row["status"]?.text ?? "unknown"
        var sentence = Markup()
        if case .time(let since)? = row["since"] {
            let length = ClockText.length(max(0, context.range.now.nanoseconds - since.nanoseconds))
            sentence.text(" since \(ClockText.dayAndTime(since.nanoseconds)), \(length)")
        }
        if let error = row["error"]?.text, !error.isEmpty { sentence.text("; the last error: \(error)") }
        sentence.text(".")
        return Say(status: StateWords.status(word), lead: "\(name) is \(word)", sentence: sentence)
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        guard let states = answers[state], let row = states.rows.first else {
            NothingPanel(
                what: "No check of this service is in the log. ",
                why: "A check is an event health.check with a service and a status. ",
                others: ("All services", context.state.page("/monitoring").link)
            ).html(into: &main)
            return
        }
        list.body(context, answers, into: &main)
        facts(states, row, context, answers, &main)
        course(context, answers, &main)
        if let events {
            Feed(title: "Last checks", note: "the newest first", context: context).html(events, into: &main)
        }
    }

    private func facts(
        _ states: Answered, _ row: ViewRow, _ context: PageContext, _ answers: PageAnswers, _ main: inout Markup
    ) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "As the last check found it")
            panel.tag("dl", Attributes(dictionaryLiteral: ("class", "kv")).adding(states.scope)) { list in
                for column in ["status", "since", "latency_ms", "error", "version"] {
                    list.tag("dt", text: MetricWords.name(column))
                    list.tag("dd") { states.value(row, column, into: &$0) }
                }
            }
            if let month = answers[ServiceUptime.month(context, [filter])] {
                panel.tag("h3", text: "Last 30 days")
                ServiceUptime.bars(month, name).svg(into: &panel)
                panel.tag(
                    "p", ["class": "m s"],
                    text: "A bar is a day: the solid part grows with the share of checks that failed; hollow is without a check.")
            }
            panel.tag("p", ["class": "lk"]) { links in
                let whole = [PageState.Item("signal", "health.check"), .init("where", filter)]
                links.tag("a", ["href": context.state.page("/events", whole).link], text: "All its checks")
                let view = [PageState.Item("view", ServiceUptime.view), .init("where", filter)]
                links.tag("a", ["href": context.state.page("/explore", view).link], text: "Explore its numbers")
                links.tag("a", ["href": context.state.page("/monitoring").link], text: "All services")
            }
        }
    }

    private func course(_ context: PageContext, _ answers: PageAnswers, _ main: inout Markup) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("When it changed ")
                head.tag("small", ["class": "m"], text: "the newest first")
            }
            guard let changes = answers[changes], !changes.rows.isEmpty else {
                return panel.tag("p", ["class": "m"], text: "Its status never changed.")
            }
            RowsTable(columns: ["time", "before", "status"], label: "Changes of status", statusColumn: "status")
                .html(changes, changes.rows, into: &panel)
        }
    }
}
