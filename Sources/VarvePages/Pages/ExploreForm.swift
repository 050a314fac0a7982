internal import VarveCharts
internal import VarveProjections
internal import VarveWorkspace

/// The question of `/explore`, to be changed: one form that a link can stand for.
struct ExploreForm {
    let context: PageContext
    let question: ExploreQuestion?
    let problem: PageProblem?
    private static let fields: Set<String> = [
        "view", "column", "by", "bucket", "where", "from", "to", "compare", "show", "table", "sort", "cursor",
    ]

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", ["class": "vh"], text: "Question")
            if question == nil {
                let name = context.state.first("view") ?? ""
                panel.tag("div", ["class": "err", "role": "alert"]) {
                    $0.tag("p", text: "There is no view “\(name)”. Choose one below.")
                }
            }
            if let problem {
                panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
            }
            panel.tag("form", ["method": "get", "action": "/explore", "data-filter": ""]) { form in
                HiddenInputs.write(context.state, except: Self.fields, into: &form)
                form.tag("div", ["class": "f"]) { fields in write(&fields) }
            }
            chips(&panel)
        }
    }

    private func write(_ fields: inout Markup) {
        let state = context.state
        select("view", "View", context.order, question?.view.name ?? state.first("view"), &fields)
        if let question, !question.isSequential {
            select("column", "Column", ExploreQuestion.columns(question.view), question.column, &fields)
            select("by", "Split by", [""] + question.view.dimensions, question.by ?? "", &fields)
            let levels = question.view.buckets.filter { $0 != .all }.map(\.name)
            select("bucket", "Bucket", [""] + levels, state.first("bucket") ?? "", &fields, none: "by the range")
            select(
                "compare", "Compare with", ["", "none"], context.compares ? "" : "none", &fields,
                none: context.range.previousName, other: "nothing")
            select("show", "Show", ["", "table"], question.showsTable ? "table" : "", &fields, none: "chart")
        } else if let question {
            select("table", "Table", question.view.tables.compactMap(\.name), state.first("table"), &fields)
        }
        for (index, text) in (state.all("where") + [""]).enumerated() {
            input("where", "Where", text, id: "where\(index)", wide: true, &fields, hint: "component=PaymentButton")
        }
        input("from", "From, UTC", state.first("from") ?? "now-24h", id: "from", wide: false, &fields)
        input("to", "To, UTC", state.first("to") ?? "now", id: "to", wide: false, &fields)
        fields.tag("div") { $0.tag("button", ["class": "p"], text: "Show") }
    }

    private func select(
        _ name: String, _ label: String, _ options: [String], _ chosen: String?, _ fields: inout Markup,
        none: String = "nothing", other: String? = nil
    ) {
        fields.tag("div") { field in
            field.tag("label", ["for": "f-\(name)"], text: label)
            field.tag("select", ["id": "f-\(name)", "name": name]) { list in
                for option in options {
                    let shown = option.isEmpty ? none : (option == "none" ? other ?? option : option)
                    list.tag("option", ["value": option, "selected": option == chosen ? "" : nil], text: shown)
                }
            }
        }
    }

    private func input(
        _ name: String, _ label: String, _ value: String, id: String, wide: Bool, _ fields: inout Markup, hint: String? = nil
    ) {
        let isWrong = problem != nil && name == "where" && !value.isEmpty
        fields.tag("div", ["class": wide ? "wide" : nil]) { field in
            field.tag("label", ["for": "f-\(id)"], text: label)
            field.void(
                "input",
                [
                    "id": "f-\(id)", "name": name, "value": value.isEmpty ? nil : value, "placeholder": hint,
                    "autocomplete": "off",
                    "spellcheck": "false", "aria-invalid": isWrong ? "true" : nil,
                ])
        }
    }

    /// Active filters, each with the link that removes it.
    private func chips(_ panel: inout Markup) {
        let filters = context.state.all("where")
        guard !filters.isEmpty else { return }
        panel.tag("p", ["class": "chips"]) { chips in
            for filter in filters {
                var without = context.state
                without.items.removeAll { $0.name == "where" && $0.value == filter }
                chips.tag("a", ["href": without.link, "aria-label": "Remove the filter \(filter)"]) { chip in
                    chip.text(filter + " ×")
                }
            }
        }
    }
}
