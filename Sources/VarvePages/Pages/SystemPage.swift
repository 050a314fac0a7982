internal import VarveCharts
internal import VarveLog

/// `/system`: machines, the bot, and Varve itself (M1, M36).
struct SystemPage: Page {
    let title = "System"
    private let list = PanelPage(panels: [
        ChartPanel(
            id: "res", title: "How full machines are", view: "system_resources", columns: ["mean"], by: "resource", kind: .line,
            span: "c7"),
        RowsPanel(
            title: "Machines", view: "system_resources", by: ["host", "resource"], columns: ["mean", "p95", "greatest"],
            sort: "greatest", top: 12, span: "c5"),
        ChartPanel(
            id: "net", title: "Received by network", view: "network_traffic", columns: ["received_bytes"], span: "c6"),
        ChartPanel(
            id: "db", title: "Database", view: "database_size", columns: ["max_connections"], kind: .line, span: "c6"),
        ChartPanel(
            id: "mem", title: "Memory of the bot", view: "bot_heartbeats", columns: ["max_memory_mb"], kind: .line, span: "c6"),
        ChartPanel(id: "beat", title: "Heartbeats", view: "bot_heartbeats", columns: ["heartbeats"], span: "c6"),
    ])

    func asks(_ context: PageContext) -> [Ask] { list.asks(context) }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Varve itself ")
                head.tag("small", ["class": "m"], text: "as it is now")
            }
            let facts = context.server
            panel.tag("dl", ["class": "facts"]) { list in
                func fact(_ name: String, _ value: String) {
                    list.tag("div") { item in
                        item.tag("dt", text: name)
                        item.tag("dd", text: value)
                    }
                }
                fact("Version", facts.version)
                fact("Memory", ChartUnit.bytes.text(Double(facts.memoryBytes)))
                fact("Up", ClockText.length(Int64(min(facts.uptimeSeconds, 1e9) * 1e9)))
                fact("Connections", "\(facts.connections)")
                fact("Live streams", "\(facts.streams)")
                fact("Log", ChartUnit.bytes.text(Double(context.segments.reduce(UInt64(0)) { $0 + $1.bytes })))
            }
        }
        ProjectorsPanel(context: context, span: "c6").html(into: &main)
        list.body(context, answers, into: &main)
    }
}
