internal import VarveCharts
internal import VarveEvents

/// The tokens of the data directory, and a form for one more.
struct TokensPanel {
    let context: PageContext

    func html(into main: inout Markup) {
        main.tag("section", ["class": "panel"]) { panel in
            panel.tag("h2") { head in
                head.text("Tokens ")
                head.tag("small", ["class": "m"], text: "for programs; only hashes of their secrets are kept")
            }
            guard let tokens = context.sources.settings?.tokens else {
                return panel.tag("p", ["class": "m"], text: "Seeing and making tokens needs the right admin.")
            }
            if tokens.isEmpty {
                panel.tag("p") { line in
                    line.tag("b", text: "There is none: whoever reaches this address may do everything. ")
                    line.text("With the first token everybody has to show one, this page too.")
                }
            } else {
                table(tokens, &panel)
            }
            form(&panel)
        }
    }

    private func table(_ tokens: [ServerSettings.Token], _ panel: inout Markup) {
        let acts = ActForm.isThere(context, .admin)
        panel.tag("div", ["class": "scroll", "role": "region", "tabindex": "0", "aria-label": "Tokens, table"]) { scroll in
            scroll.tag("table") { table in
                table.tag("thead") { head in
                    head.tag("tr") { line in
                        for name in ["Name", "May", "Made", "Until"] + (acts ? ["Act"] : []) {
                            line.tag("th", ["scope": "col"], text: name)
                        }
                    }
                }
                table.tag("tbody") { body in
                    for token in tokens.prefix(100) { row(token, acts, &body) }
                }
            }
        }
    }

    private func row(_ token: ServerSettings.Token, _ acts: Bool, _ body: inout Markup) {
        body.tag("tr") { line in
            line.tag("th", ["scope": "row"]) { cell in
                cell.text(token.name)
                cell.tag("small", ["class": "m bl"], text: token.id)
            }
            line.tag("td", text: token.scopes.joined(separator: ", "))
            line.tag("td") {
                $0.tag("time", ["datetime": BucketText.iso(token.created)], text: ClockText.date(token.created.nanoseconds))
            }
            line.tag("td") { cell in
                guard let expires = token.expires else { return cell.text("it is revoked") }
                cell.tag("time", ["datetime": BucketText.iso(expires)], text: ClockText.date(expires.nanoseconds))
                guard expires <= context.server.clock else { return }
                cell.tag("span", ["class": "st", "data-status": "none"], text: "expired")
            }
            guard acts else { return }
            line.tag("td") { cell in
                ActForm(context: context, right: .admin, action: "/settings/tokens/\(PageState.encode(token.id))/revoke")
                    .button("Revoke", about: token.name, into: &cell)
            }
        }
    }

    private func form(_ panel: inout Markup) {
        if let denial = context.denial(.admin, "Making a token") {
            return panel.tag("p", ["class": "m s"], text: denial)
        }
        panel.tag("details") { details in
            details.tag("summary", text: "Make a token")
            ActForm(context: context, right: .admin, action: "/settings/tokens", looks: nil).html(into: &details) { form in
                form.tag("div", ["class": "f"]) { fields in
                    ActForm.field("k-name", "name", "Name", isNeeded: true, into: &fields)
                    ActForm.field("k-expires", "expires", "For; empty for ever", hint: "90d", into: &fields)
                    fields.tag("fieldset", ["class": "wide"]) { set in
                        set.tag("legend", ["class": "lab"], text: "May")
                        for (index, scope) in (context.sources.settings?.scopes ?? []).enumerated() {
                            set.void(
                                "input",
                                ["type": "checkbox", "id": "k-s\(index)", "name": "scope", "value": scope])
                            set.tag("label", ["for": "k-s\(index)", "class": "in"], text: scope)
                        }
                    }
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Make it") }
                }
            }
        }
    }
}
