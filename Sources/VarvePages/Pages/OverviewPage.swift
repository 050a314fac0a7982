internal import VarveCharts

/// `/`: how everything stands, what changed, how much happens.
struct OverviewPage: Page {
    let title = "Overview"
    private let board = StatusBoard()
    private let changed = Changed()
    private let tiles = Tiles(
        title: "The range in numbers",
        tiles: [
            Tile(title: "Rollback rate", view: "rollback_rate", column: "rollback_rate"),
            Tile(title: "User latency p95", view: "user_latency", column: "p95_ms"),
            Tile(title: "Retry success", view: "retry_success", column: "retry_success"),
            Tile(title: "Errors", view: "errors", column: "errors", isMoreBetter: false),
            Tile(title: "Requests p95", view: "requests", column: "p95_ms"),
            Tile(title: "Server errors", view: "requests", column: "error_rate"),
            Tile(title: "Messages", view: "messages", column: "messages"),
            Tile(title: "Latency p95", view: "latency", column: "p95_ms", isMoreBetter: false),
            Tile(title: "Users", view: "active_users", column: "users"),
            Tile(title: "Events", view: "volume", column: "events"),
        ])
    private let volume = ChartPanel(
        id: "vol", title: "Volume", view: "volume", columns: ["events"], kind: .bars, span: "c7", plotHeight: 150)
    private let latency = ChartPanel(
        id: "lat", title: "Latency, median to p95", view: "latency", columns: ["p95_ms", "p50_ms"], span: "c5", plotHeight: 150)
    private let signals = RowsPanel(
        title: "What is sent", note: "signals in this range", view: "volume", by: ["signal"], columns: ["events"], sort: "events",
        top: 8, span: "c7")

    func asks(_ context: PageContext) -> [Ask] {
        board.asks(context) + changed.asks(context) + tiles.asks(context) + volume.asks(context) + latency.asks(context)
            + signals.asks(context) + (context.views[IncidentRows.view] == nil ? [] : [IncidentRows.ask])
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? { board.say(context, answers) }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        OpenNow(context: context).html(answers, into: &main)
        tiles.html(context, answers, into: &main)
        volume.html(context, answers, into: &main)
        changed.html(context, answers, into: &main)
        board.html(context, answers, into: &main)
        latency.html(context, answers, into: &main)
        signals.html(context, answers, into: &main)
    }
}
