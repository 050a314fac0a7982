internal import VarveAlerts
internal import VarveCharts

/// Alerts and incidents that are open, at the top of the overview; nothing where nothing is watched and nothing is open.
struct OpenNow {
    let context: PageContext
    private static let most = 6

    func html(_ answers: PageAnswers, into main: inout Markup) {
        let incidents = answers[IncidentRows.ask]
        let open = incidents?.rows.filter(IncidentRows.isOpen) ?? []
        let hasRules = context.alerts?.rules.contains { $0.isEnabled } ?? false
        if let alerts = context.alerts, hasRules || !alerts.open.isEmpty {
            self.alerts(alerts, open.isEmpty ? "" : "c7", &main)
        }
        guard context.shows("/incidents"), let incidents, !open.isEmpty else { return }
        main.tag("section", ["class": hasRules ? "panel c5" : "panel"]) { panel in
            head("Open incidents", "\(open.count)", "/incidents", &panel)
            let state = context.state
            RowsTable(
                columns: ["title", "status", "severity", "opened"], label: "Open incidents",
                link: { row, column in column == "title" ? IncidentRows.link(row, state) : nil }, statusColumn: "status"
            ).html(incidents, Array(open.prefix(Self.most)), into: &panel)
        }
    }

    private func alerts(_ alerts: AlertsAt, _ span: String, _ main: inout Markup) {
        let open = alerts.open
        main.tag("section", ["class": "panel \(span)"]) { panel in
            let on = alerts.rules.count { $0.isEnabled }
            head("Open alerts", "\(open.count), \(on) \(on == 1 ? "rule is" : "rules are") on", "/alerts", &panel)
            guard !open.isEmpty else { return panel.tag("p", ["class": "m"], text: "No alert is open.") }
            AlertTable(context: context, alerts: alerts, hasActs: false).html(Array(open.prefix(Self.most)), into: &panel)
        }
    }

    private func head(_ title: String, _ note: String, _ path: String, _ panel: inout Markup) {
        panel.tag("h2") { head in
            head.text(title + " ")
            head.tag("small", ["class": "m"], text: note)
            head.tag("small", ["class": "r"]) { $0.tag("a", ["href": context.state.page(path).link], text: "All") }
        }
    }
}

/// Where somebody goes from errors: traces that failed, alerts, incidents.
struct NextPages {
    let context: PageContext

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "From here")
            panel.tag("p", ["class": "lk"]) { links in
                let failed = context.state.page("/traces", [.init("error", "1")]).link
                links.tag("a", ["href": failed], text: "Traces that failed in this range")
                let open = context.alerts?.open.count ?? 0
                for (path, text) in [("/alerts", "Alerts, \(open) open"), ("/incidents", "Incidents")] where context.shows(path) {
                    links.tag("a", ["href": context.state.page(path).link], text: text)
                }
            }
        }
    }
}
