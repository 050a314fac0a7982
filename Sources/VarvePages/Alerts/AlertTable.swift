internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents

/// Alerts, one a row: how bad, what, how it stands to its bound, since when, and what can be done.
struct AlertTable {
    let context: PageContext
    let alerts: AlertsAt
    /// Whether rows have controls.
    var hasActs = true

    func html(_ rows: [AlertStatus], into panel: inout Markup) {
        let acts = hasActs && ActForm.isThere(context, .alerts)
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Alerts, table"]) { scroll in
            scroll.tag("table", ["class": "stack", "role": "table"]) { table in
                table.tag("thead", ["role": "rowgroup"]) { head in
                    head.tag("tr", ["role": "row"]) { line in
                        var heads = [("Severity", ""), ("Alert", ""), ("Value", "n"), ("Bound", "n opt"), ("State, since", "")]
                        if acts { heads.append(("Act", "")) }
                        for (name, looks) in heads {
                            line.tag("th", ["role": "columnheader", "scope": "col", "class": looks], text: name)
                        }
                    }
                }
                table.tag("tbody", ["role": "rowgroup"]) { body in
                    for row in rows { self.row(row, acts, &body) }
                }
            }
        }
    }

    private func row(_ alert: AlertStatus, _ acts: Bool, _ body: inout Markup) {
        let rule = alerts.rule(alert.rule)
        let unit = AlertWords.unit(rule, context)
        body.tag("tr", ["role": "row"]) { line in
            line.tag("td", ["role": "cell"]) { AlertWords.mark(alert, into: &$0) }
            line.tag("th", ["role": "rowheader", "scope": "row"]) { cell in
                let path = alert.state == .inactive ? AlertWords.path(rule: alert.rule) : AlertWords.path(alert: alert.id)
                cell.tag("a", ["href": context.state.page(path).link], text: rule?.name ?? alert.rule)
                let place = AlertWords.place(alert.labels)
                if !place.isEmpty { cell.tag("small", ["class": "m bl"], text: place) }
            }
            line.tag("td", ["role": "cell", "class": "n"]) { cell in
                cell.tag("b", text: alert.value.map(unit.text) ?? (alert.state == .inactive ? "–" : "no data"))
            }
            line.tag(
                "td", ["role": "cell", "class": "n opt m"],
                text: rule.map { AlertWords.bound($0, alert.threshold, unit) } ?? "")
            line.tag("td", ["role": "cell", "class": "full l"]) { state(alert, &$0) }
            if acts { line.tag("td", ["role": "cell", "class": "full l"]) { self.acts(alert, rule, &$0) } }
        }
    }

    private func state(_ alert: AlertStatus, _ cell: inout Markup) {
        cell.text(AlertWords.state(alert.state))
        if let since = alert.since {
            cell.text(" since ")
            AlertWords.moment(since, context, into: &cell)
            let length = alerts.time.nanoseconds.subtractingReportingOverflow(since.nanoseconds)
            if !length.overflow, length.partialValue > 0 {
                cell.tag("span", ["class": "m"], text: " (\(ClockText.length(length.partialValue)))")
            }
        }
        if let by = alert.acknowledgedBy {
            cell.tag("span", ["class": "m"], text: by.isEmpty ? ", taken on" : ", taken on by \(by)")
        }
        if let silence = alert.silence { cell.tag("span", ["class": "m"], text: ", silence \(silence.prefix(8))") }
    }

    private func acts(_ alert: AlertStatus, _ rule: AlertRule?, _ cell: inout Markup) {
        let name = "\(rule?.name ?? alert.rule) \(AlertWords.place(alert.labels))"
        guard alert.state != .inactive else { return }
        let path = AlertWords.path(alert: alert.id)
        if alert.acknowledgedBy == nil {
            ActForm(context: context, right: .alerts, action: path + "/ack").button("Acknowledge", about: name, into: &cell)
        }
        ActForm(context: context, right: .alerts, action: path + "/resolve").button("Resolve", about: name, into: &cell)
        if alert.silence == nil {
            ActForm(context: context, right: .alerts, action: "/alerts/silences").button(
                "Silence 2 h", about: name,
                hidden: [("matcher", "id=\(Quoted.text(alert.id))"), ("for", "2h"), ("comment", "from the list of alerts")],
                into: &cell)
        }
    }
}
