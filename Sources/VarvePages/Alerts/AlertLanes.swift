internal import VarveCharts
internal import VarveEvents

/// A rule's page that says what to do: a link where it is one, else the name of a file.
enum Playbook {
    static func html(_ text: String, into page: inout Markup) {
        if text.hasPrefix("https://") || text.hasPrefix("http://") {
            page.tag("a", ["href": text, "rel": "noreferrer"], text: text)
        } else {
            page.tag("code", text: text)
        }
    }
}

/// Stretches of alerts as bars over the same time: amber while pending, red while firing.
struct AlertLanes {
    let start: Timestamp
    let end: Timestamp

    func html(_ lanes: [(name: String, stretches: [AlertStretch])], into panel: inout Markup) {
        let drawn = lanes.map { lane in TimelineLanes.Lane(lane.name, lane.stretches.flatMap(marks)) }
        TimelineLanes(start: start.nanoseconds, end: max(end.nanoseconds, start.nanoseconds &+ 60_000_000_000), lanes: drawn)
            .html(into: &panel)
    }

    private func marks(_ stretch: AlertStretch) -> [TimelineLanes.Mark] {
        var marks: [TimelineLanes.Mark] = []
        let close = stretch.endedAt ?? end
        let fired = stretch.firingAt
        if stretch.pendingAt < fired ?? close {
            let text = "pending from \(ClockText.dayAndTime(stretch.pendingAt.nanoseconds))"
            marks.append(.init(at: stretch.pendingAt.nanoseconds, until: (fired ?? close).nanoseconds, .warning, text))
        }
        if let fired {
            let until = stretch.endedAt.map { " to \(ClockText.dayAndTime($0.nanoseconds))" } ?? ", goes on"
            let text = "fired \(ClockText.dayAndTime(fired.nanoseconds))\(until)"
            marks.append(.init(at: fired.nanoseconds, until: max(close, fired).nanoseconds, .critical, text))
        }
        return marks
    }
}
