internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// `/users`: who is behind the number of active users: now, today and in the last seven days (C37).
struct UsersPage: LoadedPage {
    let title = "Users"
    private static let sessions = "sessions"
    /// Sessions that the list is made of at most, and users that it shows.
    static let sessionsMax = 4_000
    static let most = 60
    private static let minute: Int64 = 60_000_000_000
    private static let day: Int64 = 86_400_000_000_000
    /// As the log's events give them, by the id.
    private var names: [String: String] = [:]

    private var newest: Ask { Ask.table(Self.sessions, sort: "start:desc", limit: Self.sessionsMax) }
    private let chart = ChartPanel(
        id: "users", title: "Users by the day", view: "active_users", columns: ["users"], kind: .bars, span: "c5", daysMin: 7,
        plotHeight: 150)

    private func week(_ context: PageContext, days: Int64) -> Ask {
        let end = PageRange.up(context.range.now, Self.day)
        let start = Timestamp(nanoseconds: max(0, end.nanoseconds - days * Self.day))
        return Ask("active_users", .all, from: start, to: end)
    }

    func asks(_ context: PageContext) -> [Ask] {
        (context.views[Self.sessions] == nil ? [] : [newest]) + chart.asks(context)
            + [week(context, days: 1), week(context, days: 7)]
    }

    /// Messages of the end of the log say how their users are called.
    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        var read = EventRead(below: context.offset, limit: 400)
        read.filter.signals = ["chat.message"]
        read.reach = 400_000
        return read
    }

    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws {
        for item in events?.items.reversed() ?? [] {
            guard let user = item.event.user, case .string(let name)? = item.event[attribute: "user_name"] else { continue }
            names[user] = name
        }
    }

    /// A user, by the sessions that were read.
    struct Seen: Equatable {
        var user: String
        var last: Int64
        var sessions: Int
        var events: Double
    }

    /// Users of sessions, the one who was seen last first.
    static func seen(_ rows: [ViewRow]) -> [Seen] {
        var all: [String: Seen] = [:]
        for row in rows {
            guard let user = row["user"]?.text, !user.isEmpty, case .time(let start)? = row["start"] else { continue }
            let seconds = max(0, min(1e9, row["seconds"]?.number ?? 0))
            let last = start.nanoseconds &+ Int64(seconds * 1e9)
            var entry = all[user] ?? Seen(user: user, last: last, sessions: 0, events: 0)
            entry.last = max(entry.last, last)
            entry.sessions += 1
            entry.events += row["events"]?.number ?? 0
            all[user] = entry
        }
        return all.values.sorted { ($1.last, $0.user) < ($0.last, $1.user) }
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        let rows = answers[newest]?.rows ?? []
        let users = Self.seen(rows)
        let now = context.range.now.nanoseconds
        let today = PageRange.down(context.range.now, Self.day).nanoseconds
        let active = users.filter { $0.last >= now - 30 * Self.minute }
        counts(active.count, context, answers, &main)
        chart.html(context, answers, into: &main)
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Who was there ")
                let note = "the \(min(Self.most, users.count)) seen last, of the newest \(rows.count) sessions"
                head.tag("small", ["class": "m"], text: note)
            }
            guard !users.isEmpty else { return Empty(context: context).html(Self.sessions, into: &panel) }
            let shown = users.prefix(Self.most)
            panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Users, table"]) { scroll in
                scroll.tag("table", ["class": "stack", "role": "table"]) { table in
                    self.head(&table)
                    table.tag("tbody", ["role": "rowgroup"]) { body in
                        for user in shown { line(user, now, today, context, &body) }
                    }
                }
            }
        }
    }

    private func counts(_ active: Int, _ context: PageContext, _ answers: PageAnswers, _ main: inout Markup) {
        main.tag("section", ["class": "panel c7"]) { panel in
            panel.tag("h2", text: "Active users")
            panel.tag("dl", ["class": "facts"]) { list in
                func fact(_ name: String, _ write: (inout Markup) -> Void) {
                    list.tag("div") { item in
                        item.tag("dt", text: name)
                        item.tag("dd", ["class": "big"]) { write(&$0) }
                    }
                }
                fact("Now, in the last 30 minutes") { $0.text(NumberText.grouped(Double(active), decimals: 0)) }
                for (name, days) in [("Today", Int64(1)), ("Last seven days", 7)] {
                    let answered = answers[week(context, days: days)]
                    fact(name) { cell in
                        guard let answered, let row = answered.rows.first else { return cell.text("0") }
                        answered.number(row, "users", into: &cell)
                    }
                }
            }
            panel.tag("p", ["class": "m s"], text: "Now is the newest event. Days are whole days, UTC.")
        }
    }

    private func head(_ table: inout Markup) {
        table.tag("thead", ["role": "rowgroup"]) { head in
            head.tag("tr", ["role": "row"]) { line in
                for (name, looks) in [
                    ("Active", ""), ("User", ""), ("Name", ""), ("Seen last", ""), ("Sessions", "n opt"), ("Events", "n"),
                ] {
                    line.tag("th", ["role": "columnheader", "scope": "col", "class": looks], text: name)
                }
            }
        }
    }

    private func line(_ user: Seen, _ now: Int64, _ today: Int64, _ context: PageContext, _ body: inout Markup) {
        body.tag("tr", ["role": "row"]) { line in
            line.tag("td", ["role": "cell"]) { cell in
                let isNow = user.last >= now - 30 * Self.minute
                let word = isNow ? "now" : user.last >= today ? "today" : "earlier"
                cell.tag("span", ["class": "st", "data-status": isNow ? "ok" : "none"], text: word)
            }
            line.tag("th", ["role": "rowheader", "scope": "row"]) { cell in
                let items = [PageState.Item("user", user.user)]
                cell.tag("a", ["href": context.state.page("/events", items).link], text: user.user)
            }
            line.tag("td", ["role": "cell"], text: names[user.user] ?? "–")
            line.tag("td", ["role": "cell", "class": "m"]) {
                $0.tag("time", ["datetime": ClockText.iso(user.last)], text: ClockText.dayAndTime(user.last))
            }
            line.tag("td", ["role": "cell", "class": "n opt"], text: NumberText.grouped(Double(user.sessions), decimals: 0))
            line.tag("td", ["role": "cell", "class": "n"], text: NumberText.grouped(user.events, decimals: 0))
        }
    }
}
