internal import VarveCharts
internal import VarveEvents
internal import VarveLog

/// `/events`: single events, the newest first, chosen as `varve cat` chooses them.
struct EventsPage: Page {
    let title = "Events"
    private static let fields = ["signal", "component", "session", "user", "where"]

    func asks(_ context: PageContext) -> [Ask] { [] }

    func events(_ context: PageContext) throws(PageProblem) -> EventRead? {
        let state = context.state
        var read = EventRead(below: try Cursor.read(context), limit: 50)
        read.filter.signals = state.all("signal")
        (read.filter.component, read.filter.session, read.filter.user) = (
            state.first("component"), state.first("session"), state.first("user")
        )
        // Without a range, all that there is.
        if state.first("from") != nil { read.filter.from = context.range.from }
        if state.first("to") != nil { read.filter.to = context.range.to }
        for text in state.all("where") {
            do {
                read.filter.conditions.append(try FieldCondition(parsing: text))
            } catch {
                throw .bad("where", "where “\(text)”: \(error)")
            }
        }
        return read
    }

    func body(_ context: PageContext, _ answers: PageAnswers, _ events: EventList?, into main: inout Markup) {
        form(context, &main)
        guard let events else { return }
        Feed(title: "Events", note: "in the order in which they were appended, the newest first", context: context)
            .html(events, into: &main)
    }

    private func form(_ context: PageContext, _ main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", ["class": "vh"], text: "Which events")
            panel.tag("form", ["method": "get", "action": "/events", "data-filter": ""]) { form in
                HiddenInputs.write(context.state, except: Set(Self.fields).union(["cursor"]), into: &form)
                form.tag("div", ["class": "f"]) { fields in
                    for name in Self.fields {
                        for (index, value) in values(name, context.state).enumerated() {
                            fields.tag("div") { field in
                                field.tag("label", ["for": "f-\(name)\(index)"], text: MetricWords.name(name))
                                field.void(
                                    "input",
                                    [
                                        "id": "f-\(name)\(index)", "name": name, "value": value.isEmpty ? nil : value,
                                        "autocomplete": "off", "spellcheck": "false",
                                    ])
                            }
                        }
                    }
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Show") }
                }
            }
        }
    }

    /// What was typed, and one empty field for more conditions.
    private func values(_ name: String, _ state: PageState) -> [String] {
        let typed = state.all(name)
        return name == "where" ? typed + [""] : typed.isEmpty ? [""] : typed
    }
}
