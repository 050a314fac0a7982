internal import VarveCharts

/// `/analytics`: messages, users and response times over long ranges (C38 to C43).
struct AnalyticsPage: ListedPage {
    let title = "Analytics"
    var list: PanelPage {
        PanelPage(panels: [
            Tiles(
                title: "Numbers of the range",
                tiles: [
                    Tile(title: "Messages", view: "messages", column: "messages"),
                    Tile(title: "Users who wrote", view: "messages", column: "users"),
                    Tile(title: "Chats", view: "messages", column: "chats"),
                    Tile(title: "Response, mean", view: "messages", column: "mean_ms", isMoreBetter: false),
                    Tile(title: "Messages per chat", view: "messages", column: "messages_per_chat"),
                    Tile(title: "All users", view: "active_users", column: "users"),
                    Tile(title: "All events", view: "volume", column: "events"),
                ]),
            ChartPanel(
                id: "msg", title: "Messages by the day", view: "messages", columns: ["messages"], kind: .area, span: "c7",
                daysMin: 30, marksUnusual: true),
            ChartPanel(
                id: "resp", title: "Response times", view: "messages", columns: ["p95_ms", "p50_ms"], span: "c5"),
            ChartPanel(
                id: "act", title: "Users by the day", view: "active_users", columns: ["users"], kind: .bars, span: "c5",
                daysMin: 30),
            HeatPanel(
                id: "heat", title: "When people write", view: "message_heatmap", column: "messages", dimension: "hour_of_week",
                span: "c7"),
            HeatPanel(id: "hot", title: "When anything happens", view: "volume", column: "events", span: "c7"),
            RowsPanel(
                title: "Who writes most", view: "message_users", by: ["user"], columns: ["messages", "mean_ms"], sort: "messages",
                span: "c5"),
            ChartPanel(
                id: "sig", title: "Events by signal", view: "volume", columns: ["events"], by: "signal", kind: .line, span: "",
                plotHeight: 200),
        ])
    }
}
