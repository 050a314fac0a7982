internal import VarveCharts

/// What stands where an address cannot be shown: which part of it is wrong, and everything that was typed, to be mended.
enum ProblemPage {
    static func html(_ context: PageContext, _ problem: PageProblem) -> String {
        let layout = Layout(context: context)
        let title = problem.status == 404 ? "No such page" : problem.status >= 500 ? "A fault" : "This cannot be shown"
        return layout.document(title: title) { body in
            layout.header(title, &body)
            body.tag("main", ["id": "main", "tabindex": "-1"]) { main in
                main.tag("section", ["class": "panel"]) { panel in
                    panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: problem.sentence) }
                    form(context.state, problem, &panel)
                    panel.tag("p", ["class": "lk"]) { links in
                        if let parameter = problem.parameter {
                            let without = context.state.setting([parameter: nil]).link
                            links.tag("a", ["href": without], text: "The same page without “\(parameter)”")
                        }
                        links.tag("a", ["href": "/"], text: "Overview")
                    }
                }
            }
        }
    }

    private static func form(_ state: PageState, _ problem: PageProblem, _ panel: inout Markup) {
        guard problem.status != 404, !state.items.isEmpty else { return }
        panel.tag("form", ["method": "get", "action": state.path]) { form in
            form.tag("div", ["class": "f"]) { fields in
                for (index, item) in state.items.enumerated() {
                    fields.tag("div") { field in
                        field.tag("label", ["for": "p\(index)"], text: item.name)
                        field.void(
                            "input",
                            [
                                "id": "p\(index)", "name": item.name, "value": item.value, "autocomplete": "off",
                                "aria-invalid": item.name == problem.parameter ? "true" : nil,
                            ])
                    }
                }
                fields.tag("div") { $0.tag("button", ["class": "p"], text: "Try again") }
            }
        }
    }
}

/// A form that was sent in vain: why, and what was typed, to be sent again.
struct RefusedForm {
    let context: PageContext

    func html(into main: inout Markup) {
        guard let refusal = context.sources.refusal else { return }
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2", text: "Nothing was changed")
            panel.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: refusal.sentence) }
            panel.tag("form", ["method": "post", "action": refusal.action]) { form in
                ActForm.hidden(context, into: &form)
                form.tag("div", ["class": "f"]) { fields in
                    for (index, field) in refusal.fields.enumerated() where field.name != "back" {
                        ActForm.field("x\(index)", field.name, field.name, value: field.value, into: &fields)
                    }
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Try again") }
                }
            }
        }
    }
}
