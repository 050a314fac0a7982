internal import VarveCharts
internal import VarveEvents
internal import VarveProjections

/// `/incidents`: what is open, and what was.
struct IncidentsPage: Page {
    let title = "Incidents"

    func asks(_ context: PageContext) -> [Ask] { context.views[IncidentRows.view] == nil ? [] : [IncidentRows.ask] }

    func say(_ context: PageContext, _ answers: PageAnswers) -> Say? {
        guard let answered = answers[IncidentRows.ask] else { return nil }
        let open = answered.rows.filter(IncidentRows.isOpen)
        var sentence = Markup()
        guard let last = open.first else {
            sentence.text(". \(answered.rows.count) are over.")
            return Say(status: .ok, lead: "No incident is open", sentence: sentence)
        }
        sentence.text(": the newest is \(last["title"]?.text ?? last["incident_id"]?.text ?? "without a title")")
        if let time = IncidentRows.time(last, "opened") {
            sentence.text(", since ")
            sentence.tag("time", ["datetime": BucketText.iso(time)], text: ClockText.dayAndTime(time.nanoseconds))
        }
        sentence.text(".")
        let isBad = open.contains { IncidentRows.status($0["severity"]?.text) == .critical }
        let lead = open.count == 1 ? "1 incident is open" : "\(open.count) incidents are open"
        return Say(status: isBad ? .critical : .warning, lead: lead, sentence: sentence)
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        let problem = answers.problem(IncidentRows.ask)
        let answered = answers[IncidentRows.ask]
        let open = answered?.rows.filter(IncidentRows.isOpen) ?? []
        let over = answered?.rows.filter { !IncidentRows.isOpen($0) } ?? []
        main.tag("section", ["class": "panel"]) { panel in
            heading("Open", "the newest first", context, &panel)
            if let problem {
                return panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
            }
            guard let answered, !open.isEmpty else { return nothing(context, isEmpty: over.isEmpty, &panel) }
            IncidentRows.table("Open incidents", context.state).html(answered, open, into: &panel)
        }
        if let answered, !over.isEmpty {
            main.tag("section", ["class": "panel"]) { panel in
                heading("Over", "\(min(over.count, 60)) of \(over.count), the newest first", context, &panel)
                IncidentRows.table("Incidents that are over", context.state).html(answered, Array(over.prefix(60)), into: &panel)
            }
        }
        form(context, &main)
    }

    private func heading(_ title: String, _ note: String, _ context: PageContext, _ panel: inout Markup) {
        panel.tag("h2") { head in
            head.text(title + " ")
            head.tag("small", ["class": "m"], text: note)
            head.tag("small", ["class": "r"]) {
                $0.tag("a", ["href": context.state.page("/views/" + IncidentRows.view).link], text: IncidentRows.view)
            }
        }
    }

    private func nothing(_ context: PageContext, isEmpty: Bool, _ panel: inout Markup) {
        panel.tag("div", ["class": "empty"]) { box in
            box.tag("p") { line in
                line.tag("b", text: "No incident is open\(context.isPast ? " at this moment" : ""). ")
                if isEmpty { line.text("One begins with an event incident.opened that names an incident_id:") }
            }
            guard isEmpty else { return }
            let command =
                "varve emit incident.opened incident_id=inc-1 title='Payments roll back' severity=critical status=open "
                + "--server \(context.server.address)"
            box.tag("code", ["class": "cmd", "data-copy": ""], text: command)
        }
    }

    private func form(_ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "Open an incident")
            if let denial = context.denial(.write, "Opening an incident") {
                return panel.tag("p", ["class": "m s"], text: denial)
            }
            ActForm(context: context, right: .write, action: "/incidents", looks: nil).html(into: &panel) { form in
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.field("i-title", "title", "What happens", looks: "wide", isNeeded: true, into: &fields)
                    ActForm.choice(
                        "i-severity", "severity", "Severity", IncidentRows.severities.map { ($0, $0) }, chosen: "high",
                        into: &fields)
                    ActForm.field("i-by", "by", "By", into: &fields)
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Open it") }
                }
            }
        }
    }
}
