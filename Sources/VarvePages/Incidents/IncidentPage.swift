internal import Foundation
internal import VarveAlerts
internal import VarveCharts
internal import VarveEvents
internal import VarveLog
internal import VarveProjections

/// `/incidents/{id}`: one incident: its course beside alerts, deploys and settings, its story, and notes.
struct IncidentPage: LoadedPage {
    let id: String
    /// Deploys and settings around it.
    private var around: EventList?
    private var window: (start: Timestamp, end: Timestamp)?
    /// An hour of the time before is shown.
    private static let before: Int64 = 3_600_000_000_000

    init(id raw: String) { id = raw.removingPercentEncoding ?? raw }

    var title: String { "Incident \(id)" }

    private var filter: String { "incident_id=\(Quoted.text(id))" }
    private var whole: Ask { Ask.table(IncidentRows.view, where: [filter], limit: 1) }
    private var transitions: Ask { Ask.table(IncidentRows.view, "transitions", where: [filter], limit: 200) }
    private var times: Ask { Ask.table(IncidentRows.view, "times", where: [filter], limit: 20) }

    func asks(_ context: PageContext) -> [Ask] {
        context.views[IncidentRows.view] == nil ? [] : [whole, transitions, times]
    }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        var read = EventRead(below: context.isPast ? context.offset : context.durable, limit: 300, isNewestFirst: false)
        read.filter.signals = ["incident.*"]
        read.filter.conditions = [FieldCondition("incident_id", .equal, .text(id))]
        return read
    }

    mutating func load(
        _ context: PageContext, _ answers: PageAnswers, _ events: EventList?, _ reading: PageReading
    ) async throws {
        let row = answers[whole]?.rows.first
        let items = events?.items ?? []
        guard let opened = row.flatMap({ IncidentRows.time($0, "opened") }) ?? items.first?.event.time else { return }
        let closed = row.flatMap { IncidentRows.time($0, "closed") }
        let last = items.map(\.event.time).max() ?? opened
        let end = max(closed ?? max(context.range.now, last), last, opened + .seconds(60))
        window = (Timestamp(nanoseconds: opened.nanoseconds &- Self.before), end)
        var read = EventRead(below: context.offset, limit: 200, isNewestFirst: false)
        read.filter.signals = ["deploy*", "release*", "config.changed", "threshold.changed", "action.*"]
        (read.filter.from, read.filter.to) = (window?.start, end + .seconds(1))
        around = try await reading.question { [read] in try EventList.read($0, read) }
    }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        guard let row = answers[whole]?.rows.first else { return nil }
        var sentence = Markup()
        let status = row["status"]?.text ?? ""
        sentence.text(": \(row["title"]?.text ?? id)")
        if let opened = IncidentRows.time(row, "opened") {
            sentence.text(", since ")
            sentence.tag("time", ["datetime": BucketText.iso(opened)], text: ClockText.dayAndTime(opened.nanoseconds))
            if let closed = IncidentRows.time(row, "closed"), !IncidentRows.isOpen(row) {
                sentence.text(", over after \(ClockText.length(max(0, closed.nanoseconds &- opened.nanoseconds)))")
            }
        }
        if let cause = row["root_cause"]?.text, !cause.isEmpty { sentence.text(". Cause: \(cause)") }
        sentence.text(".")
        let isOpen = IncidentRows.isOpen(row)
        let lead = status.isEmpty ? (isOpen ? "Open" : "Over") : status.prefix(1).uppercased() + status.dropFirst()
        let level: ChartStatus = isOpen ? (IncidentRows.status(row["severity"]?.text) == .critical ? .critical : .warning) : .ok
        return Say(status: level, lead: lead, sentence: sentence)
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        let items = events?.items ?? []
        if let problem = answers.problem(whole) {
            return main.tag("section", ["class": "panel"]) { panel in
                panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
            }
        }
        guard answers[whole]?.rows.first != nil || !items.isEmpty else { return nothing(context, &main) }
        facts(answers, context, &main)
        if let window {
            let lanes = IncidentLanes(context: context, window: window)
            lanes.html(answers[transitions], items, around?.items ?? [], into: &main)
            IncidentStory(context: context, stretches: lanes.stretches).html(items, around?.items ?? [], into: &main)
        }
        spent(answers, &main)
        IncidentForms(context: context, id: id, status: answers[whole]?.rows.first?["status"]?.text ?? "open").html(into: &main)
    }

    private func nothing(_ context: PageContext, _ main: inout Markup) {
        NothingPanel(
            what: "The log has no event of an incident “\(id)”\(context.isPast ? " by then" : ""). ",
            others: ("All incidents", context.state.page("/incidents").link)
        ).html(into: &main)
    }

    private func facts(_ answers: PageAnswers, _ context: PageContext, _ main: inout Markup) {
        guard let answered = answers[whole], !answered.rows.isEmpty else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "The incident")
            RowsTable(
                columns: [
                    "status", "severity", "opened", "closed", "seconds_open", "seconds_in_status", "transitions", "root_cause",
                    "resolution",
                ], label: "The incident", onPhones: 3, statusColumn: "status"
            ).html(answered, answered.rows, into: &panel)
            guard let window else { return }
            let range = [
                PageState.Item("from", ClockText.iso(window.start.nanoseconds)),
                .init("to", ClockText.iso((window.end + .seconds(60)).nanoseconds)),
            ]
            panel.tag("p", ["class": "lk"]) { links in
                for (path, text) in [("/", "Overview"), ("/errors", "Errors"), ("/traces", "Traces"), ("/alerts", "Alerts")]
                where context.shows(path) {
                    links.tag("a", ["href": context.state.page(path, range).link], text: "\(text) of that time")
                }
                let own = [PageState.Item("where", filter)]
                links.tag("a", ["href": context.state.page("/events", own).link], text: "Its events")
            }
        }
    }

    private func spent(_ answers: PageAnswers, _ main: inout Markup) {
        guard let answered = answers[times], !answered.rows.isEmpty else { return }
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "Time in each state")
            RowsTable(columns: ["status", "seconds"], label: "Time in each state", bar: "seconds")
                .html(answered, answered.rows, into: &panel)
        }
    }
}

/// Notes and changes of an incident.
struct IncidentForms {
    let context: PageContext
    let id: String
    let status: String

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel c6"]) { panel in
            panel.tag("h2", text: "Add to it")
            if let denial = context.denial(.write, "Adding to an incident") {
                return panel.tag("p", ["class": "m s"], text: denial)
            }
            let path = IncidentRows.path(id)
            ActForm(context: context, right: .write, action: path + "/notes", looks: nil).html(into: &panel) { form in
                form.tag("div") { field in
                    field.tag("label", ["for": "n-text"], text: "Note; it stays in the log")
                    field.tag("textarea", ["id": "n-text", "name": "text", "required": "", "maxlength": "4000"], text: "")
                }
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.field("n-by", "by", "By", into: &fields)
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Add note") }
                }
            }
            ActForm(context: context, right: .write, action: path, looks: nil).html(into: &panel) { form in
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.choice(
                        "u-status", "status", "State", IncidentRows.states.map { ($0, $0) }, chosen: status, into: &fields)
                    ActForm.field("u-cause", "root_cause", "Root cause", into: &fields)
                    ActForm.field("u-end", "resolution", "Resolution", into: &fields)
                    ActForm.field("u-by", "by", "By", into: &fields)
                    fields.tag("div") { $0.tag("button", text: "Change") }
                }
            }
        }
    }
}
