internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents

/// What a rule would have said: firings as bars, as a table, and beside other thresholds.
struct BackTestPanel {
    let context: PageContext
    let rule: AlertRule
    let test: BackTest
    private static let lanesMax = 8
    private static let rowsMax = 20
    private var unit: ChartUnit { AlertWords.unit(rule, context) }

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel", "id": "test"]) { panel in
            panel.tag("h2") { head in
                head.text("Tested on the past ")
                let range = "\(ClockText.dayAndTime(test.from.nanoseconds)) to \(ClockText.dayAndTime(test.to.nanoseconds))"
                head.tag("small", ["class": "m"], text: "every minute of \(range), at \(words(test.tried))")
            }
            panel.tag("p", ["class": "take"]) { sentence(&$0) }
            if test.isDamaged {
                panel.tag("p", ["class": "note"], text: "Some events of this range could not be read; /log says which.")
            }
            guard !test.episodes.isEmpty else { return }
            lanes(&panel)
            table(&panel)
        }
        if !test.others.isEmpty { others(&main) }
    }

    private func words(_ trial: BackTest.Trial) -> String {
        let bound = AlertWords.bound(rule, trial.threshold, unit)
        return bound + (trial.hold > 0 ? " for \(RuleDuration.text(trial.hold))" : "")
    }

    private func sentence(_ line: inout Markup) {
        let own = test.tried.summary
        line.tag("b", text: own.fired == 0 ? "It would not have fired" : "It would have fired \(Self.times(own.fired))")
        if own.fired > 0 {
            line.text(", \(NumberText.shortest(own.perWeek, decimals: 1)) times a week")
            if let delay = own.meanDelay {
                line.text(", on average \(ClockText.length(Int64(min(delay, 1e9) * 1e9))) after its condition began to hold")
            }
        }
        line.text(". \(own.pendingOnly) more \(own.pendingOnly == 1 ? "stretch" : "stretches") ended before that.")
        if let saved = test.saved {
            line.text(" As it is set (\(words(saved))) it would have fired \(Self.times(saved.summary.fired)).")
        }
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : count == 0 ? "never" : "\(count) times" }

    private func stretch(_ episode: AlertEpisode) -> AlertStretch {
        AlertStretch(
            rule: rule.id, labels: episode.labels, severity: rule.severity, pendingAt: episode.pendingAt,
            firingAt: episode.firingAt, endedAt: episode.resolvedAt)
    }

    private func lanes(_ panel: inout Markup) {
        let groups = Dictionary(grouping: test.episodes, by: \.labels)
        let worst = groups.sorted { left, right in
            let (one, other) = (left.value.count { $0.firingAt != nil }, right.value.count { $0.firingAt != nil })
            return one == other ? left.key < right.key : one > other
        }
        let lanes = worst.prefix(Self.lanesMax).map { labels, episodes in
            let place = AlertWords.place(labels)
            return (name: place.isEmpty ? "all" : place, stretches: episodes.prefix(200).map(stretch))
        }
        AlertLanes(start: test.from, end: test.to).html(Array(lanes), into: &panel)
        if groups.count > Self.lanesMax {
            panel.tag("p", ["class": "m s"], text: "The \(Self.lanesMax) that fired most of \(groups.count).")
        }
    }

    private func table(_ panel: inout Markup) {
        let fired = test.episodes.filter { $0.firingAt != nil }
        let shown = (fired.isEmpty ? test.episodes : fired).suffix(Self.rowsMax).reversed()
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Firings, table"]) { scroll in
            scroll.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        for (name, looks) in [("Pending", ""), ("Fired", ""), ("Ended", ""), ("Worst", "n"), ("Where", "")] {
                            line.tag("th", ["scope": "col", "class": looks], text: name)
                        }
                    }
                }
                table.tag("tbody") { body in
                    for episode in shown { row(episode, &body) }
                }
            }
        }
        let all = fired.isEmpty ? test.episodes.count : fired.count
        if all > Self.rowsMax { panel.tag("p", ["class": "m s"], text: "The newest \(Self.rowsMax) of \(all).") }
    }

    private func row(_ episode: AlertEpisode, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("td") { AlertWords.moment(episode.pendingAt, context, into: &$0) }
            line.tag("td") { cell in
                if let fired = episode.firingAt { AlertWords.moment(fired, context, into: &cell) } else { cell.text("no") }
            }
            line.tag("td") { cell in
                if let ended = episode.resolvedAt {
                    AlertWords.moment(ended, context, into: &cell)
                    let length = ended.nanoseconds &- (episode.firingAt ?? episode.pendingAt).nanoseconds
                    cell.tag("span", ["class": "m"], text: " after \(ClockText.length(max(0, length)))")
                } else {
                    cell.text("goes on")
                }
            }
            line.tag("td", ["class": "n"], text: episode.peak.map(unit.text) ?? "–")
            let place = AlertWords.place(episode.labels)
            line.tag("td", ["class": "m"], text: place.isEmpty ? "all" : place)
        }
    }

    /// Firings and the mean delay for each threshold and duration; each is a link that tries it.
    private func others(_ main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Other thresholds and durations ")
                head.tag("small", ["class": "m"], text: "firings in the same range, and how long until they fired")
            }
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Others, table"]) { scroll in
                scroll.tag("table") { table in
                    table.tag("thead") { head in
                        head.tag("tr") { line in
                            line.tag("th", ["scope": "col"], text: "Bound")
                            for trial in test.others.first ?? [] {
                                let hold = trial.hold > 0 ? "for \(RuleDuration.text(trial.hold))" : "at once"
                                line.tag("th", ["scope": "col", "class": "n"], text: hold)
                            }
                        }
                    }
                    table.tag("tbody") { body in
                        for row in test.others { others(row, &body) }
                    }
                }
            }
        }
    }

    private func others(_ row: [BackTest.Trial], _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"], text: AlertWords.bound(rule, row.first?.threshold, unit))
            for trial in row {
                line.tag("td", ["class": "n"]) { cell in
                    let link = context.state.setting([
                        "threshold": trial.threshold.map { "\($0)" }, "for": RuleDuration.text(trial.hold),
                    ])
                    let delay = trial.summary.meanDelay.map { ", " + ClockText.length(Int64(min($0, 1e9) * 1e9)) } ?? ""
                    cell.tag("a", ["href": link.link], text: "\(trial.summary.fired)×\(delay)")
                }
            }
        }
    }
}
