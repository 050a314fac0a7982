internal import VarveCharts
internal import VarveEvents

/// Single events, one a line: time, signal, where, and what they carry.
struct Feed {
    var title: String
    var note = ""
    var span = ""
    let context: PageContext
    /// Shows when within a journey each came, and how long after the one before.
    var showsSteps = false

    func html(_ list: EventList, into main: inout Markup) {
        main.tag("section", ["class": "panel \(span)"]) { panel in
            panel.tag("h2") { head in
                head.text(title + " ")
                head.tag("small", ["class": "m"], text: note)
            }
            guard !list.items.isEmpty else {
                panel.tag("p", ["class": "m"], text: "No event matches.")
                return
            }
            panel.tag("ol", ["class": "feed", "aria-live": "off", "data-feed": ""]) { rows in
                var before: Int64?
                for item in list.items {
                    line(item, before, &rows)
                    before = item.event.time.nanoseconds
                }
            }
            if let next = list.next {
                let older = context.state.setting(["cursor": "\(next)"])
                panel.tag("p", ["class": "lk"]) { $0.tag("a", ["href": older.link], text: "Show \(list.items.count) more") }
            }
        }
    }

    private func line(_ item: EventList.Item, _ before: Int64?, _ rows: inout Markup) {
        let event = item.event
        rows.tag("li", ["id": "e\(item.offset)"]) { line in
            line.tag("time", ["class": "m", "datetime": BucketText.iso(event.time)]) { time in
                time.text("\(ClockText.day(event.time.nanoseconds)) \(ClockText.timeWithSeconds(event.time.nanoseconds))")
            }
            line.tag("span", ["class": "sg"]) { name in
                let items = [PageState.Item("signal", event.signal)]
                name.tag("a", ["href": context.state.page("/events", items).link], text: event.signal)
                if let component = event.component { name.text(" \(component)") }
            }
            line.tag("span", ["class": "at m"]) { rest in
                if showsSteps, let before {
                    rest.tag("b", text: "+\(ClockText.length(max(0, event.time.nanoseconds - before))) ")
                }
                attributes(event, &rest)
            }
        }
    }

    private func attributes(_ event: Event, _ rest: inout Markup) {
        for attribute in event.attributes.prefix(8) {
            rest.tag("span", ["class": "kv"]) { pair in
                pair.text(attribute.name + " ")
                if let path = Self.page(attribute), context.shows(path) {
                    pair.tag("a", ["href": context.state.page(path).link], text: Self.text(attribute))
                } else {
                    pair.tag("b", text: Self.text(attribute))
                }
            }
        }
        if event.attributes.count > 8 { rest.text("+\(event.attributes.count - 8) ") }
        if let session = event.session {
            rest.tag("a", ["href": context.state.page("/sessions/" + PageState.encode(session)).link], text: session)
        }
        if let user = event.user, !showsSteps {
            rest.text(" ")
            let items = [PageState.Item("user", user)]
            rest.tag("a", ["href": context.state.page("/events", items).link], text: user)
        }
    }

    /// The page of what an attribute names; nil for what has none.
    private static func page(_ attribute: Attribute) -> String? {
        guard case .string(let text) = attribute.value, !text.isEmpty, text.utf8.count <= 200 else { return nil }
        switch attribute.name {
        case "trace_id": return "/traces/" + PageState.encode(text)
        case "incident_id": return IncidentRows.path(text)
        case "alert_id": return AlertWords.path(alert: text)
        default: return nil
        }
    }

    /// Short: a long text is cut, and ends in three dots.
    private static func text(_ attribute: Attribute) -> String {
        let text =
            switch attribute.value {
            case .string(let text), .json(let text): text
            case .int64(let number): String(number)
            case .double(let number): NumberText.shortest(number, decimals: 3)
            case .bool(let flag): flag ? "true" : "false"
            }
        return text.count > 60 ? text.prefix(59) + "…" : text
    }
}
