internal import VarveCharts
internal import VarvePages

/// The pages of logging in and of one's own account: forms that work without scripts.
enum LoginPage {
    /// - Parameters:
    ///   - token: What the form is tied to.
    ///   - next: Where it goes on behind it.
    ///   - fault: Why it failed before.
    static func login(token: String, next: String, fault: String?) -> String {
        PlainPage.document("Log in") { main in
            main.tag("form", ["method": "post", "action": "/login"]) { form in
                if let fault { form.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: fault) } }
                form.void("input", ["type": "hidden", "name": "csrf", "value": token])
                form.void("input", ["type": "hidden", "name": "next", "value": next])
                form.tag("div", ["class": "f"]) { fields in
                    field("name", "Name", "text", "username", &fields)
                    field("password", "Password", "password", "current-password", &fields)
                    fields.tag("div") { $0.tag("button", ["class": "p"], text: "Log in") }
                }
            }
        }
    }

    static func account(_ user: User, token: String, said: String?, fault: String?) -> String {
        PlainPage.document("Account") { main in
            if let said { main.tag("p", ["class": "note", "role": "status"], text: said) }
            if let fault { main.tag("div", ["class": "err", "role": "alert"]) { $0.tag("p", text: fault) } }
            main.tag("dl", ["class": "kv"]) { list in
                list.tag("dt", text: "Name")
                list.tag("dd", text: user.name)
                list.tag("dt", text: "Role")
                list.tag("dd", text: user.role.rawValue)
            }
            main.tag("form", ["method": "post", "action": "/account/password"]) { form in
                form.void("input", ["type": "hidden", "name": "csrf", "value": token])
                form.tag("div", ["class": "f"]) { fields in
                    field("current", "Current password", "password", "current-password", &fields)
                    field("password", "New password", "password", "new-password", &fields)
                    fields.tag("div") { $0.tag("button", text: "Change the password") }
                }
            }
            for (label, all) in [("Log out", ""), ("Log out everywhere", "1")] {
                main.tag("form", ["method": "post", "action": "/logout"]) { form in
                    form.void("input", ["type": "hidden", "name": "csrf", "value": token])
                    form.void("input", ["type": "hidden", "name": "all", "value": all])
                    form.tag("div", ["class": "lk"]) { $0.tag("button", text: label) }
                }
            }
            main.tag("p", ["class": "lk"]) { $0.tag("a", ["href": "/"], text: "Overview") }
        }
    }

    private static func field(
        _ name: String, _ label: String, _ type: String, _ autocomplete: String, _ fields: inout Markup
    ) {
        fields.tag("div") { field in
            field.tag("label", ["for": name], text: label)
            field.void(
                "input",
                ["id": name, "name": name, "type": type, "autocomplete": autocomplete, "required": "", "maxlength": "1024"])
        }
    }
}
