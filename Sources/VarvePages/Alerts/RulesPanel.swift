internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents

/// Rules: those that are on, or all of them.
struct RulesPanel {
    let context: PageContext
    let alerts: AlertsAt
    /// Whether those that are off are shown too.
    let isWhole: Bool

    func html(into main: inout Markup) {
        let on = alerts.rules.filter(\.isEnabled)
        let shown = isWhole ? on + alerts.rules.filter { !$0.isEnabled } : Array(on.prefix(12))
        main.tag("section", ["class": isWhole ? "panel" : "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Rules ")
                head.tag("small", ["class": "m"], text: "\(on.count) of \(alerts.rules.count) are on")
                guard !isWhole else { return }
                head.tag("small", ["class": "r"]) {
                    $0.tag("a", ["href": context.state.page("/alerts/rules").link], text: "All rules")
                }
            }
            if shown.isEmpty {
                panel.tag("p", ["class": "m"], text: "No rule is on: nothing is watched.")
            } else {
                table(shown, &panel)
            }
            if isWhole, let denial = context.denial(.alerts, "Switching rules") {
                panel.tag("p", ["class": "m s"], text: denial)
            }
        }
    }

    private func table(_ rules: [AlertRule], _ panel: inout Markup) {
        let acts = isWhole && ActForm.isThere(context, .alerts)
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Rules, table"]) { scroll in
            scroll.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        var heads = [("State", ""), ("Rule", ""), ("Bound", "n"), ("For", "n opt")]
                        if isWhole { heads += [("Severity", "opt"), ("To", "opt"), ("From", "opt")] }
                        if acts { heads.append(("Act", "")) }
                        for (name, looks) in heads { line.tag("th", ["scope": "col", "class": looks], text: name) }
                    }
                }
                table.tag("tbody") { body in
                    for rule in rules { row(rule, acts, &body) }
                }
            }
        }
    }

    private func row(_ rule: AlertRule, _ acts: Bool, _ body: inout Markup) {
        let unit = AlertWords.unit(rule, context)
        body.tag("tr") { line in
            line.tag("td") { cell in
                guard rule.isEnabled else { return cell.tag("span", ["class": "m"], text: "off") }
                let own = alerts.open.first { $0.rule == rule.id }
                let status: ChartStatus = own.map { $0.state == .noData ? .none : AlertWords.status($0.severity) } ?? .ok
                let word = own.map { AlertWords.state($0.state) } ?? "quiet"
                cell.tag("span", ["class": "st", "data-status": status.rawValue], text: word)
            }
            line.tag("th", ["scope": "row"]) { cell in
                cell.tag("a", ["href": context.state.page(AlertWords.path(rule: rule.id)).link], text: rule.name)
            }
            line.tag("td", ["class": "n"], text: AlertWords.bound(rule, nil, unit))
            line.tag("td", ["class": "n opt m"], text: rule.hold > 0 ? RuleDuration.text(rule.hold) : "–")
            if isWhole {
                line.tag("td", ["class": "opt"], text: rule.severity.rawValue)
                line.tag("td", ["class": "opt m"], text: rule.channels.isEmpty ? "–" : rule.channels.joined(separator: ", "))
                let file = rule.origin.split(separator: "/").last.map(String.init) ?? rule.origin
                line.tag("td", ["class": "opt m"], text: file)
            }
            guard acts else { return }
            line.tag("td") { cell in
                ActForm(context: context, right: .alerts, action: AlertWords.path(rule: rule.id)).button(
                    rule.isEnabled ? "Switch off" : "Switch on", about: rule.name,
                    hidden: [("enabled", rule.isEnabled ? "false" : "true")], into: &cell)
            }
        }
    }
}

/// `/alerts/rules`: all rules, those that are off too.
struct RulesPage: Page {
    let title = "Rules"

    func asks(_ context: PageContext) -> [Ask] { [] }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        guard let alerts = context.alerts else { return }
        AlertFaults(context: context, alerts: alerts).html(into: &main)
        RulesPanel(context: context, alerts: alerts, isWhole: true).html(into: &main)
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "Rules of your own")
            panel.tag(
                "p", text: "A file in the folder rules of the data directory; it is read again within a minute. To check one:")
            panel.tag("code", ["class": "cmd", "data-copy": ""], text: "varve alert lint rules/own.yaml")
        }
    }
}
