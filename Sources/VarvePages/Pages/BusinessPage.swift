internal import VarveCharts

/// `/business`: who uses what, and how well it serves them (A50 to A53).
struct BusinessPage: ListedPage {
    let title = "Business"
    var list: PanelPage {
        PanelPage(panels: [
            Tiles(
                title: "Use",
                tiles: [
                    Tile(title: "Users", view: "active_users", column: "users"),
                    Tile(title: "Launches", view: "lti_launches", column: "launches"),
                    Tile(title: "Launches that work", view: "lti_launches", column: "launch_success", isMoreBetter: true),
                    Tile(title: "Platforms", view: "lti_launches", column: "platforms"),
                    Tile(title: "Messages", view: "messages", column: "messages"),
                    Tile(title: "Videos", view: "videos", column: "uploaded"),
                    Tile(title: "Questions looked up", view: "faq", column: "queries"),
                    Tile(title: "Assessments", view: "assessments", column: "created"),
                ], most: 8),
            ChartPanel(
                id: "users", title: "Users by the day", view: "active_users", columns: ["users"], kind: .bars, span: "c6",
                daysMin: 30),
            TablePanel(
                title: "Users who come back", note: "of those there in the period before", view: "user_retention",
                columns: ["period", "start", "active", "returned", "retention"], sort: "start:desc", top: 12, span: "c6"),
            ChartPanel(
                id: "feat", title: "Use of features", view: "feature_usage", columns: ["uses"], by: "feature", kind: .line,
                span: "c7"),
            RowsPanel(
                title: "Platforms", view: "lti_launches", by: ["platform_id"], columns: ["launches", "launch_success", "p95_ms"],
                sort: "launches", top: 8, span: "c5"),
            RowsPanel(
                title: "Requests", note: "what it is like to use", view: "requests", by: [],
                columns: ["requests", "mean_ms", "p95_ms", "error_rate"], sort: "requests", top: 1, span: "c6", drills: false),
            RowsPanel(
                title: "Where requests come from", view: "request_places", by: ["country"], columns: ["requests"],
                sort: "requests", top: 8, span: "c6"),
            RowsPanel(
                title: "Print channels", view: "pod_orders", by: ["channel"],
                columns: ["total_orders", "failed_orders", "success_rate"], sort: "total_orders", top: 8, span: "c6", empty: nil),
            TablePanel(
                title: "Creators", view: "creator_batches", columns: ["user", "batches", "batch_size", "per_week"],
                sort: "batches:desc", top: 8, span: "c6", isOptional: true),
        ])
    }
}
