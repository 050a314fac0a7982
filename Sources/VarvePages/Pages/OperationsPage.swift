internal import VarveCharts

/// `/operations`: requests, errors, database, queues and checks (A45 to A49).
struct OperationsPage: ListedPage {
    let title = "Operations"
    static let views = ["requests", "queues", "database_queries", "expensive_queries", "integrations", "pod_orders"]
    var list: PanelPage {
        PanelPage(
            panels: [
                Tiles(
                    title: "Requests",
                    tiles: [
                        Tile(title: "Requests", view: "requests", column: "requests"),
                        Tile(title: "Error rate", view: "requests", column: "error_rate"),
                        Tile(title: "Mean time", view: "requests", column: "mean_ms", isMoreBetter: false),
                        Tile(title: "p95", view: "requests", column: "p95_ms"),
                        Tile(title: "Launches", view: "lti_launches", column: "launches"),
                        Tile(title: "Uptime", view: "health_checks", column: "uptime", isMoreBetter: true),
                    ]),
                ChartPanel(id: "req", title: "Requests", view: "requests", columns: ["requests"], span: "c6"),
                ChartPanel(id: "err", title: "Error rate", view: "requests", columns: ["error_rate"], span: "c6"),
                ChartPanel(
                    id: "time", title: "Request times", view: "requests", columns: ["p95_ms", "p50_ms"], span: "c6"),
                ChartPanel(id: "lti", title: "Launches", view: "lti_launches", columns: ["launches"], span: "c6"),
                RowsPanel(
                    title: "Slowest endpoints", view: "requests", by: ["path"],
                    columns: ["requests", "mean_ms", "p95_ms", "error_rate"],
                    sort: "p95_ms", top: 8, span: "c6"),
                RowsPanel(
                    title: "Most errors", view: "requests", by: ["path"], columns: ["status_5xx", "status_4xx", "requests"],
                    sort: "status_5xx", top: 8, span: "c6"),
                RowsPanel(
                    title: "Database", view: "database_queries", by: ["type"],
                    columns: ["queries", "slow", "failed", "mean_ms", "p95_ms"], sort: "queries", top: 8, span: "c6"),
                RowsPanel(
                    title: "Dearest queries", view: "expensive_queries", by: ["query"],
                    columns: ["queries", "duration_sum_ms", "max_ms"], sort: "duration_sum_ms", top: 8, span: "c6"),
                RowsPanel(
                    title: "Queues", view: "queues", by: ["queue"], columns: ["depth", "max_depth"], sort: "max_depth", top: 8,
                    span: "c4", empty: nil),
                RowsPanel(
                    title: "Health checks", view: "health_checks", by: ["service"], columns: ["checks", "uptime", "p95_ms"],
                    sort: "uptime:asc", top: 8, span: "c4", empty: nil),
                RowsPanel(
                    title: "Synthetic checks", view: "synthetic_checks", by: ["check"],
                    columns: ["checks", "pass_rate", "p95_ms"],
                    sort: "pass_rate:asc", top: 8, span: "c4", empty: nil),
                RowsPanel(
                    title: "Feature use", view: "feature_usage", by: ["feature"], columns: ["uses", "users"], sort: "uses",
                    top: 8,
                    span: "c6"),
                RowsPanel(
                    title: "Page experience", view: "web_vitals", by: ["name"],
                    columns: ["samples", "p75", "good_share", "poor_share"],
                    sort: "name:asc", top: 8, span: "c6", empty: nil),
            ], judge: StatusBoard(views: Self.views))
    }
}
