internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// `/alerts`: what is open, silences, rules that are on, and what was said.
struct AlertsPage: Page {
    let title = "Alerts"

    func asks(_ context: PageContext) -> [Ask] { [] }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        if let text = context.state.first("state"), AlertChoice(rawValue: text) == nil {
            let known = AlertChoice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .bad("state", "state is one of \(known), not “\(text)”")
        }
        if let text = context.state.first("severity"), AlertSeverity(rawValue: text) == nil {
            throw .bad("severity", "severity is info, warning or critical, not “\(text)”")
        }
        return AlertFeed.read(context, below: try Cursor.read(context))
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? { context.alerts.map { AlertSay.say($0) } }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        guard let alerts = context.alerts else { return }
        AlertFaults(context: context, alerts: alerts).html(into: &main)
        list(context, alerts, &main)
        SilencesPanel(context: context, alerts: alerts).html(into: &main)
        RulesPanel(context: context, alerts: alerts, isWhole: false).html(into: &main)
        if let events { AlertFeed(context: context, alerts: alerts).html(events, into: &main) }
    }

    private func list(_ context: PageContext, _ alerts: AlertsAt, _ main: inout Markup) {
        let chosen = context.state.first("state").flatMap { AlertChoice(rawValue: $0) } ?? .open
        let severity = context.state.first("severity").flatMap { AlertSeverity(rawValue: $0) }
        let all = alerts.statuses.filter { severity == nil || $0.severity == severity }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("div", ["class": "hd"]) { head in
                head.tag("h2", text: "Alerts")
                head.tag("div", ["class": "chips", "role": "group", "aria-label": "State"]) { chips in
                    for choice in AlertChoice.allCases {
                        let count = all.count { choice.holds($0) }
                        chip("\(choice.word) \(count)", ["state": choice.rawValue], choice == chosen, context, &chips)
                    }
                }
                head.tag("div", ["class": "chips r", "role": "group", "aria-label": "Severity"]) { chips in
                    chip("Any", ["severity": nil], severity == nil, context, &chips)
                    for level in AlertSeverity.allCases.reversed() {
                        chip(level.rawValue, ["severity": level.rawValue], level == severity, context, &chips)
                    }
                }
            }
            let ordered = alerts.open + alerts.statuses.filter { $0.state == .inactive }
            let shown = ordered.filter { chosen.holds($0) && (severity == nil || $0.severity == severity) }
            guard !shown.isEmpty else { return nothing(chosen, context, alerts, &panel) }
            AlertTable(context: context, alerts: alerts).html(Array(shown.prefix(Self.most)), into: &panel)
            if shown.count > Self.most {
                panel.tag(
                    "p", ["class": "m s"], text: "The worst \(Self.most) of \(shown.count). A severity or a state shows fewer.")
            }
        }
    }

    private static let most = 60

    private func chip(
        _ text: String, _ changes: [String: String?], _ isHere: Bool, _ context: PageContext, _ chips: inout Markup
    ) {
        let link = context.state.setting(changes).setting(["cursor": nil]).link
        chips.tag("a", ["href": link, "aria-current": isHere ? "true" : nil], text: text)
    }

    private func nothing(_ choice: AlertChoice, _ context: PageContext, _ alerts: AlertsAt, _ panel: inout Markup) {
        panel.tag("div", ["class": "empty"]) { box in
            box.tag("p") { line in
                let count = alerts.rules.count { $0.isEnabled }
                if count == 0 {
                    line.tag("b", text: "No rule is on. ")
                    line.text("\(alerts.rules.count) rules are built in or stand in files. ")
                    line.tag("a", ["href": context.state.page("/alerts/rules").link], text: "Switch one on")
                    line.text(".")
                } else {
                    line.tag("b", text: choice == .open ? "No alert is open. " : "No alert is in this state. ")
                    line.text("\(count) \(count == 1 ? "rule is" : "rules are") on.")
                }
            }
        }
    }
}

/// Which alerts the list shows.
enum AlertChoice: String, CaseIterable {
    case open, firing, pending
    case noData = "no_data"
    case muted, inactive

    var word: String {
        switch self {
        case .open: "Open"
        case .firing: "Firing"
        case .pending: "Pending"
        case .noData: "No data"
        case .muted: "Muted"
        case .inactive: "Quiet"
        }
    }

    func holds(_ alert: AlertStatus) -> Bool {
        self == .open ? alert.state != .inactive : alert.state.rawValue == rawValue
    }
}

/// The sentence about alerts.
enum AlertSay {
    static func say(_ alerts: AlertsAt) -> Say {
        let open = alerts.open
        func count(_ state: AlertStatus.State, _ severity: AlertSeverity? = nil) -> Int {
            open.count { $0.state == state && (severity == nil || $0.severity == severity) }
        }
        let (critical, warning) = (count(.firing, .critical), count(.firing, .warning))
        let (info, silent) = (count(.firing, .info), count(.noData))
        var counts: [(status: ChartStatus, text: String)] = []
        if critical > 0 { counts.append((.critical, "\(critical) critical")) }
        if warning > 0 { counts.append((.warning, "\(warning) warning")) }
        if silent > 0 { counts.append((.none, "\(silent) no data")) }
        let quiet = alerts.statuses.count { $0.state == .inactive }
        if quiet > 0 { counts.append((.ok, "\(quiet) quiet")) }
        var sentence = Markup()
        let status: ChartStatus = critical > 0 ? .critical : warning > 0 ? .warning : silent > 0 ? .none : .ok
        let firing = critical + warning + info
        let lead =
            firing > 0
            ? "\(firing) \(firing == 1 ? "alert fires" : "alerts fire")"
            : silent > 0 ? "\(silent) without data" : "No alert fires"
        if firing > 0, let worst = open.first {
            let name = alerts.rule(worst.rule)?.name ?? worst.rule
            let place = AlertWords.place(worst.labels)
            sentence.text(", the worst is \(name)" + (place.isEmpty ? "" : " for \(place)"))
            if let since = worst.since {
                sentence.text(" since ")
                sentence.tag("time", ["datetime": BucketText.iso(since)], text: ClockText.dayAndTime(since.nanoseconds))
            }
        }
        sentence.text(". \(count(.pending)) pending, \(count(.muted)) muted.")
        return Say(status: status, lead: lead, sentence: sentence, counts: counts)
    }
}

/// What keeps rules from being evaluated.
struct AlertFaults {
    let context: PageContext
    let alerts: AlertsAt

    func html(into main: inout Markup) {
        let faults = Array(Set(alerts.problems + context.sources.alertFaults)).sorted()
        guard !context.isPast, !faults.isEmpty else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "Rules that are not evaluated")
            panel.tag("div", ["class": "err", "role": "alert"]) { box in
                for fault in faults.prefix(10) { box.tag("p", text: fault) }
                if faults.count > 10 { box.tag("p", text: "and \(faults.count - 10) more; varve alert lint tells all") }
            }
        }
    }
}
