internal import VarveCharts
internal import VarveEvents
internal import VarveViews

/// Who keeps views up to date, and how far each is.
struct ProjectorsPanel {
    let context: PageContext
    var span = "c6"

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel \(span)"]) { panel in
            panel.tag("h2", text: "Projectors")
            guard !context.projectors.isEmpty else {
                panel.tag("div", ["class": "empty"]) { box in
                    box.tag("p", text: "No projector keeps views of this log; every answer is read from the log.")
                    box.tag("code", ["class": "cmd", "data-copy": ""], text: "varve project --follow")
                }
                return
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Projectors, table"]) {
                scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            for (name, looks) in [
                                ("State", ""), ("Projector", ""), ("Offset", "n"), ("Behind", "n"), ("For", "n"),
                                ("To loss", "n"),
                            ] {
                                line.tag("th", ["scope": "col", "class": looks], text: name)
                            }
                        }
                    }
                    table.tag("tbody") { body in
                        for projector in context.projectors { line(projector, &body) }
                    }
                }
            }
        }
    }

    private func line(_ projector: ProjectorStatus, _ body: inout Markup) {
        let status: ChartStatus =
            switch projector.state {
            case .running: projector.lagSeconds > 60 ? .warning : .ok
            case .stalled, .paused: .critical
            case .stopped: projector.lagEvents > 0 ? .warning : .none
            }
        let keeping = Double(context.server.retentionDays) * 86_400
        let loss = projector.secondsUntilUnreadIsDeleted(keeping: keeping, now: context.server.clock)
        body.tag("tr") { line in
            line.tag("td") {
                $0.tag("span", ["class": "st", "data-status": status.rawValue], text: projector.state.rawValue)
            }
            line.tag("th", ["scope": "row"], text: projector.name)
            line.tag("td", ["class": "n"], text: NumberText.grouped(Double(projector.offset.value), decimals: 0))
            line.tag("td", ["class": "n"], text: NumberText.grouped(Double(projector.lagEvents), decimals: 0))
            line.tag("td", ["class": "n"], text: ClockText.length(Int64(min(projector.lagSeconds, 1e9) * 1e9)))
            let far = loss.map { ClockText.length(Int64(max(0, min($0, 1e9)) * 1e9)) } ?? "nothing unread"
            line.tag("td", ["class": "n"], text: far)
        }
    }
}
