internal import VarveCharts
internal import VarveLog

/// `/monitoring`: services, users, volume and a feed of what comes in (F31 to F36, C32 to C37).
struct MonitoringPage: Page {
    let title = "Monitoring"
    private let list = PanelPage(
        panels: [
            Tiles(
                title: "Now",
                tiles: [
                    Tile(title: "Events", view: "volume", column: "events"),
                    Tile(title: "Users", view: "active_users", column: "users", page: "/users"),
                    Tile(title: "Messages", view: "messages", column: "messages"),
                    Tile(title: "Response, mean", view: "messages", column: "mean_ms", isMoreBetter: false),
                    Tile(title: "Errors", view: "errors", column: "errors", isMoreBetter: false),
                    Tile(title: "Requests p95", view: "requests", column: "p95_ms"),
                    Tile(title: "Checks passed", view: "health_checks", column: "uptime", isMoreBetter: true),
                ]),
            ServicesPanel(),
            TablePanel(
                title: "Connected services", note: "as last reported", view: "integration_status",
                columns: ["channel_name", "status", "since", "error_rate", "response_time_ms"], sort: "channel_name", span: "c6",
                statusColumn: "status", isOptional: true),
            ChartPanel(id: "vol", title: "Volume", view: "volume", columns: ["events"], span: "c7", plotHeight: 150),
            ChartPanel(
                id: "users", title: "Users by the day", view: "active_users", columns: ["users"], kind: .bars, span: "c5",
                daysMin: 7, plotHeight: 150),
            ChartPanel(
                id: "msg", title: "Messages", view: "messages", columns: ["messages"], span: "", plotHeight: 150,
                isOptional: true),
            TablePanel(
                title: "Limits that are near", view: "scalability_status",
                columns: ["resource", "status", "value", "threshold", "unit"], sort: "resource", span: "c6",
                statusColumn: "status", isOptional: true),
            TablePanel(
                title: "Incidents", view: "incidents", columns: ["title", "status", "severity", "opened", "seconds_open"],
                sort: "opened:desc", top: 8, span: "c6", statusColumn: "status", isOptional: true),
            RowsPanel(
                title: "Metrics", view: "metrics", by: ["metric_type"], columns: ["latest", "mean", "p95", "greatest"],
                sort: "metric_type:asc", span: "c6", empty: nil),
            TablePanel(
                title: "Creators", view: "creator_activity", columns: ["user", "events", "start", "end"], sort: "events:desc",
                top: 8, span: "c6", isOptional: true),
            TablePanel(
                title: "Tech debt", view: "tech_debt", columns: ["title", "status", "severity", "effort_h"], sort: "opened:desc",
                top: 8, span: "c6", statusColumn: "status", isOptional: true),
            TablePanel(
                title: "Documentation gaps", view: "documentation_gaps", columns: ["title", "status", "area", "priority"],
                sort: "opened:desc", top: 8, span: "c6", statusColumn: "status", isOptional: true),
        ], judge: StatusBoard())

    func asks(_ context: PageContext) -> [Ask] { list.asks(context) }
    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? { list.say(context, answers) }
    func events(_ context: PageContext) throws(PageProblem) -> EventRead? { EventRead(below: context.offset, limit: 50) }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        list.body(context, answers, into: &main)
        if let events {
            Feed(title: "Newest events", note: "the last 50 that were appended", context: context).html(events, into: &main)
        }
    }
}
