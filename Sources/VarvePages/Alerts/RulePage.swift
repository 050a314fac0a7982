internal import Foundation
internal import VarveAlerts
internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveWorkspace

/// `/alerts/rules/{rule}`: a rule, its numbers, what it said, and what it would have said with other numbers.
struct RulePage: LoadedPage {
    let rule: AlertRule
    private var test: Result<BackTest, PageProblem>?

    /// Nil for a rule that is not there.
    init?(_ context: PageContext, id raw: String) {
        let id = raw.removingPercentEncoding ?? raw
        guard let rule = context.alerts?.rule(id) ?? BuiltInRules.all.first(where: { $0.id == id }) else { return nil }
        self.rule = rule
    }

    var title: String { rule.name }

    private func chart(_ context: PageContext) -> ChartPanel? {
        guard context.views[rule.source.view]?.metrics.contains(where: { $0.column == rule.source.column }) ?? false else {
            return nil
        }
        return ChartPanel(
            id: "num", title: "The numbers that it looks at", view: rule.source.view, columns: [rule.source.column],
            by: rule.source.by.count == 1 ? rule.source.by.first : nil, kind: .line, span: "",
            filters: rule.source.filters.map(SilencesPanel.text))
    }

    func asks(_ context: PageContext) -> [Ask] { chart(context)?.asks(context) ?? [] }

    /// The rule with the numbers of the address.
    private func tried(_ state: PageState) throws(PageProblem) -> AlertRule {
        var tried = rule
        if let text = state.first("threshold") {
            guard let number = Double(text), number.isFinite else {
                throw .bad("threshold", "threshold is a number, not “\(text)”")
            }
            tried = tried.with(threshold: number)
        }
        if let text = state.first("for") {
            guard let hold = RuleDuration.parse(text) else {
                throw .bad("for", "for is a duration as 90s, 5m or 1h, not “\(text)”")
            }
            tried.hold = hold
        }
        return tried
    }

    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws {
        let tried = try tried(context.state)
        let (from, to) = (context.range.from, min(context.range.to, PageRange.up(context.range.now, 60_000_000_000)))
        guard to.nanoseconds - from.nanoseconds <= BackTest.daysMax * 86_400_000_000_000 else {
            test = .failure(
                PageProblem(422, "A range of more than \(BackTest.daysMax) days is not tested here; varve alert replay does it."))
            return
        }
        let views = RuleViews(context.views.values.map(\.view))
        if let problem = views.problems(of: tried).first {
            test = .failure(PageProblem(422, problem.message))
            return
        }
        let (rule, sweeps, end) = (
            self.rule, context.state.first("sweep") == "1", context.isPast ? context.offset : context.durable
        )
        do {
            test = .success(
                try await reading.question { reader in
                    try BackTest.run(rule, tried: tried, sweeps: sweeps, views, from: from, to: to, below: end, reader)
                })
        } catch {
            test = .failure(PageProblem(500, "The range could not be evaluated: \(error)"))
        }
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        guard let alerts = context.alerts else { return nil }
        let open = alerts.open.filter { $0.rule == rule.id }
        var sentence = Markup()
        guard rule.isEnabled else {
            sentence.text(": this rule is off, and says nothing.")
            return Say(status: .none, lead: "Not evaluated", sentence: sentence)
        }
        guard let worst = open.first else {
            sentence.text(": the condition does not hold.")
            return Say(status: .ok, lead: "Quiet", sentence: sentence)
        }
        let unit = AlertWords.unit(rule, context)
        let place = AlertWords.place(worst.labels)
        sentence.text(place.isEmpty ? "" : " for \(place)")
        if let value = worst.value { sentence.text(": \(unit.text(value)), \(AlertWords.bound(rule, worst.threshold, unit))") }
        if open.count > 1 { sentence.text("; \(open.count) alerts are open") }
        sentence.text(".")
        let word = AlertWords.state(worst.state)
        return Say(
            status: worst.state == .noData ? .none : AlertWords.status(worst.severity),
            lead: word.prefix(1).uppercased() + word.dropFirst(), sentence: sentence)
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        guard let alerts = context.alerts else { return }
        facts(context, &main)
        RuleForms(context: context, rule: rule).html(into: &main)
        let open = alerts.open.filter { $0.rule == rule.id }
        if !open.isEmpty {
            main.tag("section", ["class": "panel"]) { panel in
                panel.tag("h2", text: "Its alerts")
                AlertTable(context: context, alerts: alerts).html(Array(open.prefix(30)), into: &panel)
            }
        }
        switch test {
        case .success(let test): BackTestPanel(context: context, rule: rule, test: test).html(into: &main)
        case .failure(let problem):
            main.tag("section", ["class": "panel", "id": "test"]) { panel in
                panel.tag("h2", text: "Tested on the past")
                panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
            }
        case nil: break
        }
        chart(context)?.html(context, answers, into: &main)
        said(context, alerts, &main)
    }

    private func facts(_ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2") { head in
                head.text("Rule ")
                head.tag("small", ["class": "m"], text: "\(rule.id), version \(rule.version)")
            }
            panel.tag("code", ["class": "cmd"], text: rule.conditionText)
            panel.tag("dl", ["class": "kv"]) { list in
                func fact(_ name: String, _ write: (inout Markup) -> Void) {
                    list.tag("dt", text: name)
                    list.tag("dd") { write(&$0) }
                }
                fact("Severity") {
                    let status = AlertWords.status(rule.severity)
                    $0.tag("span", ["class": "st", "data-status": status.rawValue], text: rule.severity.rawValue)
                }
                fact("Told to") { $0.text(rule.channels.isEmpty ? "nobody" : rule.channels.joined(separator: ", ")) }
                fact("Without data") { $0.text(rule.noData.rawValue) }
                fact("Playbook") { cell in
                    if let playbook = rule.playbook { Playbook.html(playbook, into: &cell) } else { cell.text("none") }
                }
                fact("Stands in") { $0.text(rule.origin.split(separator: "/").suffix(2).joined(separator: "/")) }
                fact("View") {
                    let items = [PageState.Item("view", rule.source.view), .init("column", rule.source.column)]
                    $0.tag(
                        "a", ["href": context.state.page("/explore", items).link],
                        text: "\(rule.source.view), \(rule.source.column)")
                }
            }
        }
    }

    private func said(_ context: PageContext, _ alerts: AlertsAt, _ main: inout Markup) {
        let changes = alerts.history.changes(of: rule.id).suffix(20).reversed()
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "What it said")
            guard !changes.isEmpty else {
                return panel.tag("p", ["class": "m"], text: "Nothing yet\(context.isPast ? ", by then" : "").")
            }
            panel.tag("ol", ["class": "rows t"]) { list in
                for change in changes { line(change, context, &list) }
            }
        }
    }

    private func line(_ said: SaidChange, _ context: PageContext, _ list: inout Markup) {
        list.tag("li") { line in
            line.tag("time", ["class": "m", "datetime": BucketText.iso(said.change.at)]) {
                $0.text(ClockText.dayAndTime(said.change.at.nanoseconds))
            }
            line.tag("p") { cell in
                let status = AlertWords.status(said.change.kind, said.severity)
                cell.tag("span", ["class": "st", "data-status": status.rawValue], text: AlertWords.change(said.change.kind))
                cell.text(" ")
                let path = context.state.page(AlertWords.path(alert: said.alertID)).link
                cell.tag("a", ["href": path], text: said.message)
                if said.isLate { cell.tag("span", ["class": "m"], text: ", known later") }
            }
        }
    }
}
