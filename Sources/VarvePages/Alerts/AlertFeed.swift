internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// What alerting and people said, as the log has it: the newest first.
struct AlertFeed {
    let context: PageContext
    let alerts: AlertsAt

    /// The events of the list: what the whole prefix has, a page at a time.
    static func read(_ context: PageContext, below: UInt64) -> EventRead {
        // A list that ends with the log's end begins with what was said a moment ago.
        let isFirst = context.state.first("cursor") == nil && !context.isPast
        var read = EventRead(below: isFirst ? context.durable : below, limit: 30)
        read.filter.signals = ["alert.*"]
        return read
    }

    func html(_ list: EventList, into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("What was said ")
                head.tag("small", ["class": "m"], text: "events of the log, the newest first")
            }
            guard !list.items.isEmpty else {
                return panel.tag("p", ["class": "m"], text: "Nothing yet. What rules and people say is appended to the log.")
            }
            panel.tag("ol", ["class": "rows t", "data-feed": ""]) { rows in
                for item in list.items { line(item, &rows) }
            }
            if let next = list.next {
                let older = context.state.setting(["cursor": "\(next)"])
                panel.tag("p", ["class": "lk"]) { $0.tag("a", ["href": older.link], text: "Show what was said before") }
            }
        }
    }

    private func line(_ item: EventList.Item, _ rows: inout Markup) {
        let event = item.event
        func text(_ name: String) -> String? {
            if case .string(let text)? = event[attribute: name], !text.isEmpty { text } else { nil }
        }
        rows.tag("li", ["id": "e\(item.offset)"]) { line in
            line.tag("time", ["class": "m", "datetime": BucketText.iso(event.time)]) { time in
                time.text(ClockText.dayAndTime(event.time.nanoseconds))
            }
            line.tag("p") { cell in
                let severity = text("severity").flatMap { AlertSeverity(rawValue: $0) } ?? .info
                let word = Self.word(event.signal)
                if let kind = word.kind {
                    let status = AlertWords.status(kind, severity)
                    cell.tag("span", ["class": "st", "data-status": status.rawValue], text: word.text)
                } else {
                    cell.tag("b", text: word.text)
                }
                cell.text(" ")
                if let id = text("alert_id") {
                    let path = context.state.page(AlertWords.path(alert: id)).link
                    cell.tag("a", ["href": path], text: text("name") ?? id)
                    cell.text(" ")
                }
                cell.text(text("message") ?? detail(event, text))
                if let by = text("by") ?? text("resolved_by").flatMap({ $0 == "rule" ? nil : $0 }) {
                    cell.tag("span", ["class": "m"], text: " by \(by)")
                }
                if let comment = text("comment") { cell.tag("span", ["class": "m"], text: " “\(comment)”") }
                if let channels = text("channels") { cell.tag("small", ["class": "m"], text: " to \(channels)") }
            }
        }
    }

    private func detail(_ event: Event, _ text: (String) -> String?) -> String {
        switch event.signal {
        case "alert.silenced", "alert.silence_ended":
            guard let id = text("silence") else { return "" }
            let silence = alerts.history.silences.first { $0.id == id }
            return silence?.matchers.map(SilencesPanel.text).joined(separator: ", ") ?? "silence \(id)"
        case "alert.evaluating":
            guard case .json(let rules)? = event[attribute: "rules"] else { return "" }
            return "\(rules.filter { $0 == "@" }.count) rules"
        default: return text("kind").map { "what was said of \($0)" } ?? ""
        }
    }

    private static func word(_ signal: String) -> (text: String, kind: AlertChange.Kind?) {
        switch signal {
        case "alert.triggered": ("fired", .firing)
        case "alert.resolved": ("resolved", .resolved)
        case "alert.pending": ("pending", .pending)
        case "alert.cancelled": ("over before it fired", .cancelled)
        case "alert.no_data": ("without data", .noData)
        case "alert.data_back": ("data again", .dataBack)
        case "alert.acknowledged": ("taken on", nil)
        case "alert.silenced": ("silenced", nil)
        case "alert.silence_ended": ("silence ended", nil)
        case "alert.retracted": ("taken back", nil)
        case "alert.evaluating": ("evaluated from here on", nil)
        default: (signal, nil)
        }
    }
}
