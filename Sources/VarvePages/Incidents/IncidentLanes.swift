internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// An incident beside what else happened: its states, the alerts, deploys and settings, notes; the same time in each lane.
struct IncidentLanes {
    let context: PageContext
    let window: (start: Timestamp, end: Timestamp)
    private static let alertsMax = 8

    /// Alerts that were pending or fired in the window, those that fired longest first.
    var stretches: [AlertStretch] {
        guard let alerts = context.alerts else { return [] }
        return AlertStretch.all(alerts.said).filter { stretch in
            stretch.pendingAt < window.end && (stretch.endedAt ?? window.end) > window.start
        }
    }

    func html(
        _ transitions: Answered?, _ own: [EventList.Item], _ around: [EventList.Item], into main: inout Markup
    ) {
        var lanes: [TimelineLanes.Lane] = []
        lanes.append(.init("State", states(transitions)))
        let groups = Dictionary(grouping: stretches, by: \.rule)
        for (rule, own) in groups.sorted(by: { $0.key < $1.key }).prefix(Self.alertsMax) {
            lanes.append(.init(context.alerts?.rule(rule)?.name ?? rule, own.flatMap(marks)))
        }
        let notes = own.filter { !["incident.opened", "incident.updated"].contains($0.event.signal) }
        if !notes.isEmpty { lanes.append(.init("Notes", notes.map { moment($0, .none) })) }
        if !around.isEmpty { lanes.append(.init("Deploys, settings", around.map { moment($0, .none) })) }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Timeline ")
                let range = "\(ClockText.dayAndTime(window.start.nanoseconds)) to \(ClockText.dayAndTime(window.end.nanoseconds))"
                head.tag("small", ["class": "m"], text: "\(range) UTC; an hour of the time before is shown")
            }
            TimelineLanes(start: window.start.nanoseconds, end: window.end.nanoseconds, lanes: lanes).html(into: &panel)
            if groups.count > Self.alertsMax {
                panel.tag("p", ["class": "m s"], text: "\(groups.count - Self.alertsMax) rules more had alerts then.")
            }
        }
    }

    private func moment(_ item: EventList.Item, _ status: ChartStatus) -> TimelineLanes.Mark {
        let time = item.event.time
        return .init(
            at: time.nanoseconds, status, "\(ClockText.dayAndTime(time.nanoseconds)) \(IncidentStory.text(item.event))")
    }

    /// Each state from its transition to the next one.
    private func states(_ answered: Answered?) -> [TimelineLanes.Mark] {
        let rows = (answered?.rows ?? []).compactMap { row -> (time: Timestamp, status: String)? in
            guard case .time(let time)? = row["time"] ?? row.time.map({ .time($0) }) else { return nil }
            return (time, row["status"]?.text ?? "")
        }.sorted { $0.time < $1.time }
        return rows.enumerated().map { index, row in
            let until = index + 1 < rows.count ? rows[index + 1].time : window.end
            let status = StateWords.status(row.status)
            return .init(
                at: row.time.nanoseconds, until: max(until, row.time).nanoseconds, status,
                "\(row.status) from \(ClockText.dayAndTime(row.time.nanoseconds))")
        }
    }

    private func marks(_ stretch: AlertStretch) -> [TimelineLanes.Mark] {
        let fired = stretch.firingAt
        let end = stretch.endedAt ?? window.end
        let status: ChartStatus = fired == nil ? .warning : AlertWords.status(stretch.severity)
        let word = fired == nil ? "pending" : "fired"
        let start = max(fired ?? stretch.pendingAt, window.start)
        return [
            .init(
                at: start.nanoseconds, until: max(start, min(end, window.end)).nanoseconds, status,
                "\(word) \(ClockText.dayAndTime((fired ?? stretch.pendingAt).nanoseconds))")
        ]
    }
}
