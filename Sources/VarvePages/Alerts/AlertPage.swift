internal import Foundation
internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveWorkspace

/// `/alerts/{id}`: one alert: how it is, what was said of it, where that came from, and what can be done.
struct AlertPage: LoadedPage {
    let id: String
    private var explanation: Result<AlertExplanation, PageProblem>?
    private let name: String?

    init(_ context: PageContext, id raw: String) {
        id = raw.removingPercentEncoding ?? raw
        let alertID = id
        let rule = context.alerts.flatMap { alerts in
            alerts.history.changes(ofAlert: alertID).last.map { last in alerts.rule(last.rule)?.name ?? last.name }
        }
        name = rule
    }

    var title: String { "Alert \(name ?? id)" }

    func asks(_ context: PageContext) -> [Ask] { [] }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        var read = AlertFeed.read(context, below: try Cursor.read(context))
        read.filter.conditions = [FieldCondition("alert_id", .equal, .text(id))]
        return read
    }

    /// What the log says to the last firing, where the address asks for it.
    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws {
        guard context.state.first("explain") == "1", let alerts = context.alerts, let said = alerts.history.lastFiring(id)
        else { return }
        let rule = alerts.rule(said.rule)
        let views = RuleViews(context.views.values.map(\.view))
        do {
            explanation = .success(
                try await reading.question { [path = reading.path] _ in
                    try AlertExplanation.derive(said, rule, views, at: path)
                })
        } catch {
            explanation = .failure(PageProblem(500, "It could not be derived again: \(error)"))
        }
    }

    private func status(_ context: PageContext) -> AlertStatus? { context.alerts?.statuses.first { $0.id == id } }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        guard let alerts = context.alerts, let last = alerts.history.changes(ofAlert: id).last else { return nil }
        let unit = AlertWords.unit(alerts.rule(last.rule), context)
        let status = self.status(context)
        var sentence = Markup()
        let place = AlertWords.place(last.labels)
        sentence.text((place.isEmpty ? "" : " for \(place)") + ", since ")
        sentence.tag("time", ["datetime": BucketText.iso(last.change.at)], text: ClockText.dayAndTime(last.change.at.nanoseconds))
        if let value = last.change.value {
            sentence.text(": \(unit.text(value))")
            if let threshold = last.change.threshold { sentence.text(" against \(unit.text(threshold))") }
        }
        sentence.text(".")
        let state = status?.state ?? .inactive
        let level: ChartStatus =
            state == .inactive ? .ok : state == .noData ? .none : AlertWords.status(status?.severity ?? last.severity)
        return Say(
            status: level, lead: AlertWords.state(state).prefix(1).uppercased() + AlertWords.state(state).dropFirst(),
            sentence: sentence)
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        guard let alerts = context.alerts else { return }
        let changes = alerts.history.changes(ofAlert: id)
        guard let last = changes.last else { return nothing(context, &main) }
        if let status = status(context) {
            main.tag("section", ["class": "panel"]) { panel in
                panel.tag("h2", text: "Now")
                AlertTable(context: context, alerts: alerts).html([status], into: &panel)
                acknowledge(status, context, &panel)
            }
        }
        facts(last, alerts, context, &main)
        explain(alerts, context, &main)
        course(changes, context, &main)
        if let events { AlertFeed(context: context, alerts: alerts).html(events, into: &main) }
    }

    private func nothing(_ context: PageContext, _ main: inout Markup) {
        NothingPanel(
            what: "Nothing was said of an alert “\(id)”\(context.isPast ? " by then" : ""). ",
            others: ("All alerts", context.state.page("/alerts").link)
        ).html(into: &main)
    }

    /// With who and why; the row above has the quick one.
    private func acknowledge(_ status: AlertStatus, _ context: PageContext, _ panel: inout Markup) {
        if let denial = context.denial(.alerts, "Acknowledging") {
            return panel.tag("p", ["class": "m s"], text: denial)
        }
        guard status.state != .inactive, status.acknowledgedBy == nil else { return }
        panel.tag("details") { details in
            details.tag("summary", text: "Acknowledge with name and comment")
            let path = AlertWords.path(alert: id) + "/ack"
            ActForm(context: context, right: .alerts, action: path, looks: nil).html(into: &details) { form in
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.field("a-by", "by", "By", into: &fields)
                    ActForm.field("a-comment", "comment", "Comment", looks: "wide", into: &fields)
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Acknowledge") }
                }
            }
        }
    }

    private func facts(_ last: SaidChange, _ alerts: AlertsAt, _ context: PageContext, _ main: inout Markup) {
        let firing = alerts.history.lastFiring(id)
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "Where it comes from")
            panel.tag("dl", ["class": "kv"]) { list in
                func fact(_ name: String, _ write: (inout Markup) -> Void) {
                    list.tag("dt", text: name)
                    list.tag("dd") { write(&$0) }
                }
                fact("Rule") {
                    $0.tag("a", ["href": context.state.page(AlertWords.path(rule: last.rule)).link], text: last.rule)
                    $0.text(" version \(last.version)")
                }
                fact("View") { $0.text("\(last.view), version \(last.viewVersion)") }
                if let firing {
                    fact("Looked at") { cell in
                        AlertWords.moment(firing.window.lowerBound, context, into: &cell)
                        cell.text(" to ")
                        AlertWords.moment(firing.window.upperBound, context, into: &cell)
                        cell.text(", events below offset \(NumberText.grouped(Double(firing.offset.value), decimals: 0))")
                    }
                    if let hash = firing.viewHash { fact("View's hash") { $0.tag("code", text: "\(hash.prefix(16))…") } }
                }
                if let playbook = last.playbook { fact("Playbook") { Playbook.html(playbook, into: &$0) } }
                fact("To") { $0.text(last.channels.isEmpty ? "no channel" : last.channels.joined(separator: ", ")) }
            }
            if let firing {
                panel.tag("p", ["class": "lk"]) { links in
                    links.tag("a", ["href": evidence(firing, alerts, context)], text: "The numbers as they were known then")
                }
            }
        }
    }

    /// The view at the offset that the alert fired at, an hour before and behind its window.
    private func evidence(_ firing: SaidChange, _ alerts: AlertsAt, _ context: PageContext) -> String {
        let hour: Int64 = 3_600_000_000_000
        var items = [PageState.Item("view", firing.view)]
        if let column = alerts.rule(firing.rule)?.source.column { items.append(.init("column", column)) }
        for label in firing.labels.all {
            if let value = label.value { items.append(.init("where", "\(label.name)=\(Quoted.text(value))")) }
        }
        items.append(.init("from", ClockText.iso(firing.window.lowerBound.nanoseconds &- hour)))
        items.append(.init("to", ClockText.iso(firing.window.upperBound.nanoseconds &+ hour)))
        items.append(.init("at", "\(firing.offset.value)"))
        return context.state.page("/explore", items).link
    }

    private func explain(_ alerts: AlertsAt, _ context: PageContext, _ main: inout Markup) {
        guard alerts.history.lastFiring(id) != nil else { return }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "Derived again from the log")
            guard let explanation else {
                panel.tag("p", text: "The same evaluation, over the events that it knew: does the log give the same value?")
                return panel.tag("p", ["class": "lk"]) {
                    $0.tag("a", ["class": "btn", "href": context.state.setting(["explain": "1"]).link], text: "Explain it")
                }
            }
            switch explanation {
            case .failure(let problem):
                panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
            case .success(let found): Explained(found, AlertWords.unit(alerts.rule(found.said.rule), context)).html(into: &panel)
            }
            panel.tag("code", ["class": "cmd", "data-copy": ""], text: "varve alert explain \(id)")
        }
    }

    private func course(_ changes: [SaidChange], _ context: PageContext, _ main: inout Markup) {
        let stretches = AlertStretch.all(changes).suffix(40)
        guard let first = stretches.first else { return }
        let end = max(context.range.now, changes.last?.change.at ?? context.range.now)
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Course ")
                head.tag("small", ["class": "m"], text: "when it was pending and when it fired")
            }
            AlertLanes(start: first.pendingAt, end: end).html([("this alert", Array(stretches))], into: &panel)
        }
    }
}

/// What an explanation found, in words.
private struct Explained {
    let found: AlertExplanation
    let unit: ChartUnit

    init(_ found: AlertExplanation, _ unit: ChartUnit) { (self.found, self.unit) = (found, unit) }

    func html(into panel: inout Markup) {
        let (status, lead): (ChartStatus, String) =
            switch found.result {
            case .match: (.ok, "The log gives the same")
            case .mismatch: (.critical, "It differs")
            case .expired: (.none, "It cannot be said any more")
            }
        panel.tag("p") { line in
            line.tag("span", ["class": "st", "data-status": status.rawValue], text: lead)
            let said = found.said.change.value.map(unit.text) ?? "no value"
            line.text(": it said \(said), the log gives \(found.value.map(unit.text) ?? "no value").")
            if let reason = found.reason { line.text(" \(reason.prefix(1).uppercased())\(reason.dropFirst()).") }
        }
        if let hash = found.viewHash { panel.tag("p", ["class": "m s"], text: "Hash of the view then: \(hash.prefix(32))…") }
    }
}
