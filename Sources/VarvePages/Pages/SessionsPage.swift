internal import Foundation
internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// `/sessions`: the newest journeys.
struct SessionsPage: ListedPage {
    let title = "Sessions"
    var list: PanelPage {
        PanelPage(panels: [
            TablePanel(
                title: "Sessions", note: "the newest first; one ends after half an hour of silence", view: "sessions",
                columns: ["session", "start", "seconds", "events", "user", "component"], sort: "start:desc", top: 60, span: "",
                link: { row, column, state in
                    guard column == "session", let id = row["session"]?.text else { return nil }
                    return state.page("/sessions/" + PageState.encode(id)).link
                })
        ])
    }
}

/// `/sessions/{id}`: what one session did, in order.
struct SessionPage: Page {
    let id: String

    init(id raw: String) { id = raw.removingPercentEncoding ?? raw }

    var title: String { "Session \(id)" }
    private var ask: Ask { Ask.table("sessions", where: ["session=\(Quoted.text(id))"], limit: 50) }

    func asks(_ context: PageContext) -> [Ask] { context.views["sessions"] == nil ? [] : [ask] }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        var read = EventRead(below: context.offset, limit: 300, isNewestFirst: false)
        read.filter.session = id
        return read
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        if let answered = answers[ask], !answered.rows.isEmpty {
            main.tag("section", ["class": "panel"]) { panel in
                panel.tag("h2", text: "Visits")
                RowsTable(columns: ["number", "start", "seconds", "events", "user", "component"], label: "Visits")
                    .html(answered, answered.rows, into: &panel)
            }
        }
        guard let events else { return }
        if events.items.isEmpty {
            NothingPanel(
                what: "The log has no event of this session. ",
                why: "Its events may have expired, or the id is another one."
            ).html(into: &main)
            return
        }
        lanes(events, &main)
        Feed(title: "What it did", note: "in order, with the time since the event before", context: context, showsSteps: true)
            .html(events, into: &main)
    }

    private func lanes(_ events: EventList, _ main: inout Markup) {
        let times = events.items.map(\.event.time.nanoseconds)
        guard let start = times.min(), let end = times.max(), end > start else { return }
        let families = Dictionary(grouping: events.items) { item in String(item.event.signal.prefix { $0 != "." }) }
        let lanes = families.sorted { $0.key < $1.key }.prefix(8).map { name, items in
            TimelineLanes.Lane(
                name,
                items.prefix(60).map { item in
                    let signal = item.event.signal
                    let isBad = ["rollback", "failure", "error", "triggered", "unhandled_rejection"].contains {
                        signal.hasSuffix($0)
                    }
                    return TimelineLanes.Mark(at: item.event.time.nanoseconds, isBad ? .critical : .none, signal)
                })
        }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Course ")
                head.tag("small", ["class": "m"], text: "\(ClockText.length(end - start)), red: what went wrong")
            }
            TimelineLanes(start: start, end: end, lanes: Array(lanes)).html(into: &panel)
        }
    }
}
