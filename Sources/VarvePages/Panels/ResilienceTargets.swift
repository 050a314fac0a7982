internal import VarveCharts
internal import VarveProjections

/// The targets of the resilience documents (B34 to B41): what was measured, and whether that is within.
struct ResilienceTargets: Panel {
    /// One target: the share of events that were in time, or a rate.
    private struct Target {
        var name: String
        var goal: String
        var view: String
        var column: String
        /// The value from which, or up to which, it is met.
        var limit: Double
        var isAtLeast: Bool
    }

    private static let targets: [Target] = [
        Target(
            name: "Optimistic update shown in 100 ms", goal: "95 % of them", view: "resilience_targets", column: "ui_share",
            limit: 0.95, isAtLeast: true),
        Target(
            name: "Rollback shown in 200 ms", goal: "95 % of them", view: "resilience_targets", column: "rollback_share",
            limit: 0.95, isAtLeast: true),
        Target(
            name: "Error boundary recovered in 500 ms", goal: "95 % of them", view: "resilience_targets",
            column: "boundary_share", limit: 0.95, isAtLeast: true),
        Target(
            name: "Loading skeleton gone in 1 s", goal: "95 % of them", view: "resilience_targets", column: "skeleton_share",
            limit: 0.95, isAtLeast: true),
        Target(
            name: "Rollbacks", goal: "below 5 %", view: "rollback_rate", column: "rollback_rate", limit: 0.05, isAtLeast: false),
        Target(
            name: "Retries that end well", goal: "80 % or more", view: "retry_success", column: "retry_success", limit: 0.8,
            isAtLeast: true),
        Target(
            name: "Sessions that recover", goal: "95 % or more", view: "error_recovery", column: "session_recovery", limit: 0.95,
            isAtLeast: true),
        Target(
            name: "All that ended well", goal: "99 % or more", view: "resilience", column: "resilience", limit: 0.99,
            isAtLeast: true),
    ]

    private func ask(_ view: String, _ context: PageContext) -> Ask {
        Ask(view, .all, from: context.range.from, to: context.range.to)
    }

    func asks(_ context: PageContext) -> [Ask] {
        Set(Self.targets.map(\.view)).sorted().filter { context.views[$0] != nil }.map { ask($0, context) }
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Targets ")
                head.tag("small", ["class": "m"], text: "over the range")
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Targets, table"]) { scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            for (name, looks) in [("State", ""), ("Target", ""), ("Measured", "n"), ("Goal", "n")] {
                                line.tag("th", ["scope": "col", "class": looks], text: name)
                            }
                        }
                    }
                    table.tag("tbody") { body in
                        for target in Self.targets {
                            guard let answered = answers[ask(target.view, context)] else { continue }
                            line(target, answered, &body)
                        }
                    }
                }
            }
        }
    }

    private func line(_ target: Target, _ answered: Answered, _ body: inout Markup) {
        let row = answered.rows.first
        let value = row?[target.column]?.number
        let isMet = value.map { target.isAtLeast ? $0 >= target.limit : $0 < target.limit }
        body.tag("tr") { line in
            line.tag("td") { cell in
                let status: ChartStatus = isMet.map { $0 ? .ok : .warning } ?? .none
                let word = isMet.map { $0 ? "within" : "missed" } ?? "no data"
                cell.tag("span", ["class": "st", "data-status": status.rawValue], text: word)
            }
            line.tag("th", ["scope": "row"], text: target.name)
            line.tag("td", ["class": "n"]) { cell in
                guard let row else { return cell.text("–") }
                answered.number(row, target.column, into: &cell)
            }
            line.tag("td", ["class": "n m"], text: target.goal)
        }
    }
}
