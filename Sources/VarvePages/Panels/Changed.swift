internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveWorkspace

/// What happened in the range, the newest first: bounds that were left, incidents, alerts, settings.
struct Changed: Panel {
    struct Item {
        var time: Int64
        var status: ChartStatus?
        var text: String
        var link: PageState?
    }

    var most = 9
    /// Views with a component each: whose bounds are watched one by one.
    private static let watched = [
        ("rollback_rate", "component"), ("user_latency", "component"), ("retry_success", "api_endpoint"), ("queues", "queue"),
    ]
    private static let stories = ["incidents", "alert_states", "configuration", "service_status"]

    private func hours(_ view: String, _ by: String, _ context: PageContext) -> Ask {
        let hour: Int64 = 3_600_000_000_000
        let to = PageRange.up(context.range.to, hour)
        // Hours of a month by component are as much as a page should read.
        let from = max(PageRange.down(context.range.from, hour), Timestamp(nanoseconds: to.nanoseconds - 30 * 24 * hour))
        return Ask(view, .hour, by: [by], from: from, to: to, limit: 20_000)
    }

    private func story(_ view: String) -> Ask { Ask.table(view, "transitions", sort: "time:desc", limit: 60) }

    func asks(_ context: PageContext) -> [Ask] {
        Self.watched.filter { context.views[$0.0] != nil }.map { hours($0.0, $0.1, context) }
            + Self.stories.filter { context.views[$0] != nil }.map(story)
    }

    func items(_ context: PageContext, _ answers: PageAnswers) -> [Item] {
        var items: [Item] = []
        for (view, by) in Self.watched {
            guard let answered = answers[hours(view, by, context)] else { continue }
            items += Self.episodes(answered, by).map { episode in
                let explore = [
                    PageState.Item("view", view), .init("column", episode.column), .init("by", by),
                ]
                return Item(
                    time: episode.start, status: .critical, text: episode.text, link: context.state.page("/explore", explore))
            }
        }
        for view in Self.stories {
            guard let answered = answers[story(view)] else { continue }
            items += answered.rows.compactMap { Self.story(view, $0, context) }
        }
        let range = context.range.from.nanoseconds..<max(context.range.from.nanoseconds, context.range.to.nanoseconds)
        return items.filter { range.contains($0.time) }.sorted { ($1.time, $0.text) < ($0.time, $1.text) }
    }

    /// A stretch of hours in which a component was beyond its alert.
    struct Episode {
        var column: String
        var start: Int64
        var end: Int64
        var text: String
    }

    static func episodes(_ answered: Answered, _ by: String) -> [Episode] {
        var episodes: [Episode] = []
        let hour: Int64 = 3_600_000_000_000
        for metric in answered.description.metrics where metric.bounds.alert != nil {
            let groups = Dictionary(grouping: answered.rows) { $0[by]?.text ?? "none" }
            for (name, rows) in groups.sorted(by: { $0.key < $1.key }) {
                var open: (start: Int64, end: Int64, peak: Double)?
                func close() {
                    guard let stretch = open else { return }
                    let length = ClockText.length(stretch.end - stretch.start)
                    let unit = answered.unit(metric.column)
                    let text =
                        "\(name): \(MetricWords.name(metric.column).lowercased()) up to \(unit.text(stretch.peak)), for \(length)"
                    episodes.append(Episode(column: metric.column, start: stretch.start, end: stretch.end, text: text))
                    open = nil
                }
                for row in rows {
                    guard let time = row.time?.nanoseconds, let value = row[metric.column]?.number else { continue }
                    guard answered.status(row, metric.column) == .critical else {
                        close()
                        continue
                    }
                    if let stretch = open, time <= stretch.end + hour {
                        open = (stretch.start, time + hour, max(stretch.peak, value))
                    } else {
                        close()
                        open = (time, time + hour, value)
                    }
                }
                close()
            }
        }
        return episodes
    }

    private static func story(_ view: String, _ row: ViewRow, _ context: PageContext) -> Item? {
        guard case .time(let time)? = row["time"] ?? row.time.map({ .time($0) }) else { return nil }
        let status = row["status"]?.text ?? ""
        let before = row["before"]?.text
        // The first report of a service that is well is no news.
        if view == "service_status", before == nil || before == status { return nil }
        let name = row.values.first { $0.name != "time" }?.value.text ?? ""
        let what =
            switch view {
            case "incidents": "Incident \(name)"
            case "alert_states": "Alert \(name)"
            case "configuration": "Setting \(name)"
            default: "Service \(name)"
            }
        let change = before.map { "\($0) → \(status)" } ?? status
        let isBad = ["open", "active", "unhealthy", "down", "degraded"].contains(status)
        let page = context.state.page("/views/" + PageState.encode(view))
        return Item(time: time.nanoseconds, status: isBad ? .warning : nil, text: "\(what): \(change)", link: page)
    }

    func html(_ context: PageContext, _ answers: PageAnswers, into main: inout Markup) {
        let items = items(context, answers)
        main.tag("section", ["class": "panel c5"]) { panel in
            panel.tag("h2") { head in
                head.text("What changed ")
                let note = items.count > most ? "the newest \(most) of \(items.count)" : "newest first"
                head.tag("small", ["class": "r m"], text: note)
            }
            guard !items.isEmpty else {
                panel.tag("p", ["class": "m"]) { line in
                    line.text("No bound was left, no incident, alert or setting changed in this range.")
                }
                return
            }
            panel.tag("ol", ["class": "rows t"]) { list in
                for item in items.prefix(most) { line(item, context, &list) }
            }
        }
    }

    private func line(_ item: Item, _ context: PageContext, _ list: inout Markup) {
        list.tag("li") { entry in
            entry.tag("time", ["class": "m", "datetime": ClockText.iso(item.time)]) { time in
                time.text(context.range.seconds > 86_400 ? ClockText.dayAndTime(item.time) : ClockText.time(item.time))
            }
            entry.tag("p") { text in
                if let status = item.status {
                    text.tag("span", ["class": "st dot", "data-status": status.rawValue]) {
                        $0.tag("span", ["class": "vh"], text: status.word + ": ")
                    }
                }
                if let link = item.link {
                    text.tag("a", ["href": link.link], text: item.text)
                } else {
                    text.text(item.text)
                }
            }
        }
    }
}
