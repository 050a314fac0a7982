internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents

/// What happened, in order: the incident's events, alerts, deploys and settings. Each moment is a link to what was known then.
struct IncidentStory {
    let context: PageContext
    let stretches: [AlertStretch]
    private static let most = 120

    private struct Entry {
        var time: Timestamp
        var status: ChartStatus
        var text: String
        var link: String?
        /// Where the log ended with it.
        var offset: UInt64?
    }

    func html(_ own: [EventList.Item], _ around: [EventList.Item], into main: inout Markup) {
        let entries = (own + around).map(entry) + stretches.flatMap(entries)
        let sorted = entries.sorted { ($0.time, $0.text) < ($1.time, $1.text) }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Story ")
                let shown = min(sorted.count, Self.most)
                head.tag(
                    "small", ["class": "m"], text: "\(shown) of \(sorted.count), in order; a time leads to what was known then")
            }
            panel.tag("ol", ["class": "tl"]) { list in
                for entry in sorted.prefix(Self.most) { line(entry, &list) }
            }
        }
    }

    private func entry(_ item: EventList.Item) -> Entry {
        let event = item.event
        let status: ChartStatus =
            event.signal == "incident.opened"
            ? .critical
            : Self.word(event, "status").map { ["resolved", "closed"].contains($0) ? .ok : .warning } ?? .none
        return Entry(time: event.time, status: status, text: Self.text(event), link: nil, offset: item.offset)
    }

    private func entries(_ stretch: AlertStretch) -> [Entry] {
        let rule = context.alerts?.rule(stretch.rule)
        let place = AlertWords.place(stretch.labels)
        let name = (rule?.name ?? stretch.rule) + (place.isEmpty ? "" : " for \(place)")
        let link = context.state.page(AlertWords.path(rule: stretch.rule)).link
        var entries: [Entry] = []
        guard let fired = stretch.firingAt else {
            return [Entry(time: stretch.pendingAt, status: .warning, text: "\(name) was pending", link: link)]
        }
        entries.append(Entry(time: fired, status: AlertWords.status(stretch.severity), text: "\(name) fired", link: link))
        if let end = stretch.endedAt { entries.append(Entry(time: end, status: .ok, text: "\(name) was resolved", link: link)) }
        return entries
    }

    private func line(_ entry: Entry, _ list: inout Markup) {
        list.tag("li", ["data-status": entry.status.rawValue]) { line in
            let text = ClockText.dayAndTime(entry.time.nanoseconds)
            if let offset = entry.offset, offset < context.durable {
                line.tag("a", ["href": context.state.setting(["at": "\(offset + 1)"]).link]) {
                    $0.tag("time", ["datetime": BucketText.iso(entry.time)], text: text)
                }
            } else {
                line.tag("time", ["datetime": BucketText.iso(entry.time)], text: text)
            }
            line.text(" ")
            if entry.status == .critical || entry.status == .warning {
                line.tag("span", ["class": "vh"], text: entry.status.word + ": ")
            }
            if let link = entry.link {
                line.tag("a", ["href": link], text: entry.text)
            } else {
                line.text(entry.text)
            }
        }
    }

    static func word(_ event: Event, _ name: String) -> String? {
        if case .string(let text)? = event[attribute: name], !text.isEmpty { text } else { nil }
    }

    /// An event in words.
    static func text(_ event: Event) -> String {
        let by = (word(event, "by") ?? event.user).map { " by \($0)" } ?? ""
        switch event.signal {
        case "incident.opened": return "Opened: \(word(event, "title") ?? "without a title")" + by
        case "incident.updated":
            var parts: [String] = []
            if let status = word(event, "status") { parts.append("now \(status)") }
            if let cause = word(event, "root_cause") { parts.append("cause: \(cause)") }
            if let end = word(event, "resolution") { parts.append("resolution: \(end)") }
            return (parts.isEmpty ? "Changed" : parts.joined(separator: ", ")) + by
        case "incident.note": return "Note\(by): \(word(event, "text") ?? "")"
        case "config.changed", "threshold.changed":
            let what = word(event, "key") ?? word(event, "metric_type") ?? "a setting"
            return "Setting \(what)" + (word(event, "value").map { " is \($0)" } ?? " changed") + by
        default:
            let words = event.attributes.prefix(3).compactMap { attribute -> String? in
                guard case .string(let text) = attribute.value else { return nil }
                return "\(attribute.name) \(MetricWords.cut(text, to: 40))"
            }
            return ([event.signal, event.component].compactMap { $0 } + words).joined(separator: " ") + by
        }
    }
}
