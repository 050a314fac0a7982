internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// `/settings`: thresholds, channels, tokens, the data directory and what is kept of it.
struct SettingsPage: Page {
    let title = "Settings"

    func asks(_ context: PageContext) -> [Ask] { [] }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        outcome(context, &main)
        if let alerts = context.alerts { thresholds(alerts, context, &main) }
        channels(context, &main)
        TokensPanel(context: context).html(into: &main)
        directory(context, &main)
        settings(context, &main)
    }

    /// What the form that was sent came to.
    private func outcome(_ context: PageContext, _ main: inout Markup) {
        guard let settings = context.sources.settings else { return }
        if let made = settings.made {
            main.tag("section", ["class": "panel", "role": "status"]) { panel in
                panel.tag("h2", text: "The token “\(made.name)”")
                panel.tag("p", text: "Its secret is shown now and never again. Nothing but a hash of it is kept.")
                panel.tag("code", ["class": "cmd", "data-copy": ""], text: made.secret)
                panel.tag("p", ["class": "m s"], text: "Sent as Authorization: Bearer, or as the password of Basic.")
            }
        }
        if let tried = settings.tried {
            main.tag("section", ["class": "panel", "role": "status"]) { panel in
                panel.tag("h2", text: "Test of the channel \(tried.channel)")
                panel.tag("p") { line in
                    let status: ChartStatus = tried.isDelivered ? .ok : .critical
                    line.tag("span", ["class": "st", "data-status": status.rawValue], text: tried.text)
                }
            }
        }
    }

    /// Of rules that compare with a number: those that are on, and one for each metric of the document.
    private func thresholds(_ alerts: AlertsAt, _ context: PageContext, _ main: inout Markup) {
        let rules = alerts.rules.filter { $0.test.threshold != nil && $0.isEnabled }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Thresholds ")
                head.tag("small", ["class": "m"], text: "of rules that are on")
                head.tag("small", ["class": "r"]) {
                    $0.tag("a", ["href": context.state.page("/alerts/rules").link], text: "All rules")
                }
            }
            guard !rules.isEmpty else {
                return panel.tag("p", ["class": "m"], text: "No rule with a threshold is on.")
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Thresholds, table"]) {
                scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            for (name, looks) in [("Rule", ""), ("Bound", "n"), ("For", "n")] {
                                line.tag("th", ["scope": "col", "class": looks], text: name)
                            }
                        }
                    }
                    table.tag("tbody") { body in
                        for rule in rules.prefix(30) { threshold(rule, context, &body) }
                    }
                }
            }
        }
    }

    private func threshold(_ rule: AlertRule, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"]) {
                $0.tag("a", ["href": context.state.page(AlertWords.path(rule: rule.id)).link], text: rule.name)
            }
            line.tag("td", ["class": "n"], text: AlertWords.bound(rule, nil, AlertWords.unit(rule, context)))
            line.tag("td", ["class": "n m"], text: rule.hold > 0 ? RuleDuration.text(rule.hold) : "–")
        }
    }

    private func channels(_ context: PageContext, _ main: inout Markup) {
        let channels = context.sources.settings?.channels ?? []
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Channels ")
                head.tag("small", ["class": "m"], text: "where alerts are told; they stand in the configuration")
            }
            guard !channels.isEmpty else {
                return panel.tag("p", ["class": "m"], text: "None is set up. varve.yaml has them under channels.")
            }
            panel.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        for name in ["Channel", "Kind", "Else"] { line.tag("th", ["scope": "col"], text: name) }
                        if ActForm.isThere(context, .admin) { line.tag("th", ["scope": "col"], text: "Try") }
                    }
                }
                table.tag("tbody") { body in
                    for channel in channels { row(channel, context, &body) }
                }
            }
            if let denial = context.denial(.admin, "Trying a channel") { panel.tag("p", ["class": "m s"], text: denial) }
        }
    }

    private func row(_ channel: ServerSettings.Channel, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"], text: channel.name)
            line.tag("td", text: channel.kind)
            line.tag("td", ["class": "m"], text: channel.fallback ?? "–")
            guard ActForm.isThere(context, .admin) else { return }
            line.tag("td") { cell in
                ActForm(context: context, right: .admin, action: "/settings/channels/\(PageState.encode(channel.name))/test")
                    .button("Send a test", about: "to \(channel.name)", into: &cell)
            }
        }
    }

    private func directory(_ context: PageContext, _ main: inout Markup) {
        let bytes = context.segments.reduce(UInt64(0)) { $0 + $1.bytes }
        let rows = context.segments.reduce(UInt64(0)) { $0 + $1.rows }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Data directory ")
                head.tag("small", ["class": "m"], text: "as it is now")
                head.tag("small", ["class": "r"]) {
                    $0.tag("a", ["href": context.state.page("/log").link], text: "The log")
                }
            }
            if let data = context.sources.settings?.data { panel.tag("code", ["class": "cmd"], text: data) }
            panel.tag("dl", ["class": "facts"]) { list in
                func fact(_ name: String, _ value: String) {
                    list.tag("div") { item in
                        item.tag("dt", text: name)
                        item.tag("dd", text: value)
                    }
                }
                fact("Events", NumberText.grouped(Double(rows), decimals: 0))
                fact("Size", ChartUnit.bytes.text(Double(bytes)))
                fact("Segments", "\(context.segments.count)")
                fact("Kept for", "\(context.server.retentionDays) days")
                fact("Kept from offset", NumberText.grouped(Double(context.retained), decimals: 0))
                if let first = context.segments.first?.observed?.lowerBound {
                    fact("Oldest event appended", ClockText.date(first.nanoseconds))
                }
            }
        }
    }

    private func settings(_ context: PageContext, _ main: inout Markup) {
        let settings = context.sources.settings?.settings ?? []
        guard !settings.isEmpty else { return }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Configuration ")
                head.tag("small", ["class": "m"], text: "what can change while the server runs")
            }
            panel.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        line.tag("th", ["scope": "col"], text: "Key")
                        line.tag("th", ["scope": "col", "class": "n"], text: "Value")
                    }
                }
                table.tag("tbody") { body in
                    for setting in settings {
                        body.tag("tr") { line in
                            line.tag("th", ["scope": "row"]) { $0.tag("code", text: setting.key) }
                            line.tag("td", ["class": "n"], text: setting.value)
                        }
                    }
                }
            }
            panel.tag(
                "p", ["class": "m s"], text: "varve.yaml has them. It is read again at SIGHUP, and each change is recorded.")
        }
    }
}
