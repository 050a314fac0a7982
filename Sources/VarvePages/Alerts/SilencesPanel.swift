internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents

/// Silences, and a form for one more.
struct SilencesPanel {
    let context: PageContext
    let alerts: AlertsAt
    private static let most = 12

    func html(into main: inout Markup) {
        let all = alerts.silences
        let active = all.filter { $0.to > alerts.time }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Silences ")
                head.tag("small", ["class": "m"], text: "\(active.count) in force or to come, \(all.count - active.count) over")
            }
            if active.isEmpty {
                panel.tag("p", ["class": "m"], text: "Nobody muted anything. A silenced rule is evaluated all the same.")
            } else {
                table(active.prefix(Self.most), &panel)
                if active.count > Self.most {
                    panel.tag("p", ["class": "m s"], text: "The newest \(Self.most) of \(active.count).")
                }
            }
            form(&panel)
        }
    }

    private func table(_ silences: ArraySlice<Silence>, _ panel: inout Markup) {
        let acts = ActForm.isThere(context, .alerts)
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Silences, table"]) { scroll in
            scroll.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        for name in ["What", "Until", "By"] + (acts ? ["Act"] : []) {
                            line.tag("th", ["scope": "col"], text: name)
                        }
                    }
                }
                table.tag("tbody") { body in
                    for silence in silences { row(silence, acts, &body) }
                }
            }
        }
    }

    private func row(_ silence: Silence, _ acts: Bool, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"]) { cell in
                cell.tag("code", text: silence.matchers.map(Self.text).joined(separator: ", "))
                if !silence.comment.isEmpty { cell.tag("small", ["class": "m bl"], text: silence.comment) }
            }
            line.tag("td") { cell in
                if silence.from > alerts.time {
                    cell.text("from ")
                    AlertWords.moment(silence.from, context, into: &cell)
                    cell.text(" to ")
                }
                AlertWords.moment(silence.to, context, into: &cell)
            }
            line.tag("td", ["class": "m"], text: silence.by.isEmpty ? "–" : silence.by)
            guard acts else { return }
            line.tag("td") { cell in
                let path = "/alerts/silences/\(PageState.encode(silence.id))/end"
                ActForm(context: context, right: .alerts, action: path).button(
                    "End now", about: "silence \(silence.id)", into: &cell)
            }
        }
    }

    static func text(_ matcher: FieldCondition) -> String {
        switch matcher.operand {
        case .absent: matcher.field + matcher.comparison.rawValue
        case .word(let word), .text(let word): matcher.field + matcher.comparison.rawValue + Quoted.text(word)
        }
    }

    private func form(_ panel: inout Markup) {
        if let denial = context.denial(.alerts, "Silencing") {
            return panel.tag("p", ["class": "m s"], text: denial)
        }
        panel.tag("details") { details in
            details.tag("summary", text: "Silence alerts")
            let form = ActForm(context: context, right: .alerts, action: "/alerts/silences", looks: nil)
            form.html(into: &details) { form in
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.field(
                        "s-matcher", "matcher", "What: rule, severity, id or a label", hint: "rule=high_error_rate",
                        looks: "wide", isNeeded: true, into: &fields)
                    ActForm.field("s-more", "matcher", "And", hint: "component=PaymentButton", into: &fields)
                    ActForm.field("s-for", "for", "For", value: "2h", isNeeded: true, into: &fields)
                    ActForm.field("s-by", "by", "By", into: &fields)
                    ActForm.field("s-comment", "comment", "Why", looks: "wide", into: &fields)
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Silence") }
                }
            }
        }
    }
}
