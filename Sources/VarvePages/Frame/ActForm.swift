internal import VarveCharts

/// A form that does something, and comes back to the page that it stands on. There is none in the past, and none for who may
/// not do it.
struct ActForm {
    let context: PageContext
    let right: PageRight
    let action: String
    /// The class of the form.
    var looks: String? = "act"

    /// Whether there is one.
    static func isThere(_ context: PageContext, _ right: PageRight) -> Bool {
        !context.isPast && context.sources.rights.contains(right)
    }

    /// - Parameter body: Writes the fields and the button.
    func html(into page: inout Markup, _ body: (inout Markup) -> Void) {
        guard Self.isThere(context, right) else { return }
        page.tag("form", ["method": "post", "action": action, "class": looks]) { form in
            Self.hidden(context, into: &form)
            body(&form)
        }
    }

    /// What every form carries: the page to come back to, and the session's form token.
    static func hidden(_ context: PageContext, into form: inout Markup) {
        form.void("input", ["type": "hidden", "name": "back", "value": context.state.link])
        if let token = context.sources.formToken {
            form.void("input", ["type": "hidden", "name": "csrf", "value": token])
        }
    }

    /// A form of one button, with further words for who hears the page.
    func button(_ text: String, about what: String, hidden: [(StaticString, String)] = [], into page: inout Markup) {
        html(into: &page) { form in
            for (name, value) in hidden { form.void("input", ["type": "hidden", "name": "\(name)", "value": value]) }
            form.tag("button", ["class": "sm"]) { button in
                button.text(text)
                button.tag("span", ["class": "vh"], text: " " + what)
            }
        }
    }

    /// A field with its label.
    static func field(
        _ id: String, _ name: String, _ label: String, value: String = "", hint: String? = nil, looks: String? = nil,
        type: String = "text", isNeeded: Bool = false, into form: inout Markup
    ) {
        form.tag("div", ["class": looks]) { field in
            field.tag("label", ["for": id], text: label)
            field.void(
                "input",
                [
                    "id": id, "name": name, "type": type, "value": value.isEmpty ? nil : value, "autocomplete": "off",
                    "placeholder": hint, "required": isNeeded ? "" : nil,
                ])
        }
    }

    /// A choice of words.
    static func choice(
        _ id: String, _ name: String, _ label: String, _ options: [(value: String, text: String)], chosen: String = "",
        into form: inout Markup
    ) {
        form.tag("div") { field in
            field.tag("label", ["for": id], text: label)
            field.tag("select", ["id": id, "name": name]) { select in
                for option in options {
                    select.tag(
                        "option", ["value": option.value, "selected": option.value == chosen ? "selected" : nil],
                        text: option.text)
                }
            }
        }
    }
}

extension PageContext {
    /// What is said where something can be done, and not by whoever looks.
    func denial(_ right: PageRight, _ what: String) -> String? {
        if isPast { return "This is the past: \(what) is for now." }
        return sources.rights.contains(right) ? nil : "\(what) needs the right \(right.rawValue)."
    }
}
