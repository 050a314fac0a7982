internal import VarveAlerts
internal import VarveCharts

/// The two forms of a rule: one tries numbers on the past and is an address, one sets them.
struct RuleForms {
    let context: PageContext
    let rule: AlertRule

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "Other numbers")
            if rule.test.threshold == nil {
                panel.tag("p", ["class": "m"], text: "This rule compares with no number; only its duration can be tried.")
            }
            trial(&panel)
            settings(&panel)
        }
    }

    private var number: String {
        context.state.first("threshold") ?? rule.test.threshold.map { "\($0)" } ?? ""
    }

    private func trial(_ panel: inout Markup) {
        panel.tag("form", ["method": "get", "action": context.state.path, "data-filter": ""]) { form in
            HiddenInputs.write(context.state, except: ["threshold", "for", "sweep"], into: &form)
            form.tag("div", ["class": "f"]) { fields in
                if rule.test.threshold != nil {
                    ActForm.field("r-threshold", "threshold", "Threshold", value: number, into: &fields)
                }
                let hold = context.state.first("for") ?? RuleDuration.text(rule.hold)
                ActForm.field("r-for", "for", "For", value: hold, into: &fields)
                if rule.test.threshold != nil {
                    ActForm.choice(
                        "r-sweep", "sweep", "Beside others", [("", "no"), ("1", "yes")],
                        chosen: context.state.first("sweep") ?? "", into: &fields)
                }
                fields.tag("div") { $0.tag("button", ["class": "p"], text: "Test on the past") }
            }
        }
    }

    private func settings(_ panel: inout Markup) {
        if let denial = context.denial(.alerts, "Setting a rule") {
            return panel.tag("p", ["class": "m s"], text: denial)
        }
        let path = AlertWords.path(rule: rule.id)
        ActForm(context: context, right: .alerts, action: path, looks: nil).html(into: &panel) { form in
            form.tag("h3", text: "From now on")
            form.tag("div", ["class": "f"]) { fields in
                if rule.test.threshold != nil {
                    ActForm.field("w-threshold", "threshold", "Threshold", value: number, isNeeded: true, into: &fields)
                }
                let hold = context.state.first("for") ?? RuleDuration.text(rule.hold)
                ActForm.field("w-for", "for", "For", value: hold, isNeeded: true, into: &fields)
                ActForm.choice(
                    "w-severity", "severity", "Severity", AlertSeverity.allCases.map { (value: $0.rawValue, text: $0.rawValue) },
                    chosen: rule.severity.rawValue, into: &fields)
                ActForm.field("w-by", "by", "By", into: &fields)
                fields.tag("div") { $0.tag("button", text: "Save") }
            }
        }
        ActForm(context: context, right: .alerts, action: path).button(
            rule.isEnabled ? "Switch off" : "Switch on", about: rule.name,
            hidden: [("enabled", rule.isEnabled ? "false" : "true")], into: &panel)
        panel.tag("p", ["class": "m s"], text: "Setting appends config.changed to the log: that is the record of who set what.")
    }
}
