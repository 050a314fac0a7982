internal import HTTPTypes

/// Forms of pages. Each answers with 303 to the page that it stood on, or with that page and why nothing was changed.
extension ServerRoutes {
    static func forms(_ routes: RouteRegistry, _ state: ServerState) {
        let html = ["text/html"]
        let id = RouteDescription.Parameter(name: "id", meaning: "Which one.", isInPath: true)
        let (alerts, incidents, settings) = (
            AlertForms(state: state), IncidentForms(state: state), SettingsForms(state: state)
        )
        func form(_ fields: String) -> String { "a form of a page of this server: \(fields), back" }
        routes.scoped(
            .post, "/alerts/{id}/ack", "Takes an alert on.", answers: html, body: form("by, comment"), parameters: [id],
            use: alerts.acknowledge)
        routes.scoped(
            .post, "/alerts/{id}/resolve", "Resolves an alert by hand.", answers: html, body: form("by"), parameters: [id],
            use: alerts.resolve)
        routes.scoped(
            .post, "/alerts/silences", "Mutes alerts for a time.", answers: html, body: form("matcher, for, by, comment"),
            use: alerts.silence)
        routes.scoped(
            .post, "/alerts/silences/{id}/end", "Ends a silence now.", answers: html, body: form("by"), parameters: [id],
            use: alerts.endSilence)
        routes.scoped(
            .post, "/alerts/rules/{rule}", "Switches a rule, or gives it another threshold, duration or severity.", answers: html,
            body: form("enabled, threshold, by"),
            parameters: [.init(name: "rule", meaning: "Which rule.", isInPath: true)], use: alerts.change)
        routes.scoped(
            .post, "/incidents", "Opens an incident.", answers: html, body: form("title, severity, by"), use: incidents.open)
        routes.scoped(
            .post, "/incidents/{id}", "Changes an incident.", answers: html,
            body: form("status, root_cause, resolution, by"), parameters: [id], use: incidents.change)
        routes.scoped(
            .post, "/incidents/{id}/notes", "Adds a note to an incident.", answers: html, body: form("text, by"),
            parameters: [id], use: incidents.note)
        routes.scoped(
            .post, "/settings/tokens", "Makes a token; the page that answers shows its secret once.", answers: html,
            body: form("name, scope, expires"), use: settings.makeToken)
        routes.scoped(
            .post, "/settings/tokens/{id}/revoke", "Revokes a token.", answers: html, body: form("nothing else"),
            parameters: [id], use: settings.revoke)
        routes.scoped(
            .post, "/settings/channels/{name}/test", "Sends a test to a channel.", answers: html, body: form("nothing else"),
            parameters: [.init(name: "name", meaning: "The channel's name.", isInPath: true)], use: settings.tryChannel)
    }
}
