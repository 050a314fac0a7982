internal import VarveCharts

/// `/resilience`: optimistic actions, retries, error boundaries and waiting (B25 to B28), and their targets (B34 to B41).
struct ResiliencePage: ListedPage {
    let title = "Resilience"
    static let views = ["rollback_rate", "retry_success", "error_recovery", "user_latency", "resilience"]

    var list: PanelPage {
        PanelPage(
            panels: [
                Tiles(
                    title: "Targets",
                    tiles: [
                        Tile(
                            title: "Rollback rate", view: "rollback_rate", column: "rollback_rate", isBullet: true
                        ),
                        Tile(title: "Retry success", view: "retry_success", column: "retry_success", isBullet: true),
                        Tile(title: "Error recovery", view: "error_recovery", column: "session_recovery", isBullet: true),
                        Tile(title: "Waits above 2 s", view: "user_latency", column: "slow_share", isBullet: true),
                    ], most: 4),
                ChartPanel(
                    id: "roll", title: "Rollback rate", view: "rollback_rate", columns: ["rollback_rate"], by: "component",
                    span: "", plotHeight: 220),
                ChartPanel(
                    id: "wait", title: "How long users waited", view: "user_latency", columns: ["p95_ms", "p50_ms"], span: "c6"),
                ChartPanel(
                    id: "retry", title: "Retry success", view: "retry_success", columns: ["retry_success"], by: "api_endpoint",
                    span: "c6"),
                ResilienceTargets(),
                HeatPanel(
                    id: "heat", title: "When actions are taken back", view: "rollback_rate", column: "rollbacks", span: "c6"),
                RowsPanel(
                    title: "By component", view: "rollback_rate", by: ["component"],
                    columns: ["started", "rollbacks", "rollback_rate"], sort: "rollbacks", span: "c6"),
                RowsPanel(
                    title: "Waiting by component", view: "user_latency", by: ["component"],
                    columns: ["timed", "p50_ms", "p95_ms", "slow_share"], sort: "timed", span: "c6"),
                RowsPanel(
                    title: "Why actions are taken back", view: "rollback_reasons", by: ["reason"], columns: ["rollbacks"],
                    sort: "rollbacks", span: "c6"),
                RowsPanel(
                    title: "Clicks ignored as duplicates", view: "suppressed_clicks", by: ["component", "reason"],
                    columns: ["suppressed"], sort: "suppressed", span: "c6"),
            ], judge: StatusBoard(views: Self.views))
    }
}
