internal import HTTPTypes

/// Logging in, and what was done.
extension ServerRoutes {
    static func users(_ routes: RouteRegistry, _ state: ServerState) {
        let replies = LoginReplies(state: state)
        let html = ["text/html"]
        routes.open(
            .get, "/login", "The form to log in.", answers: html,
            parameters: [.init(name: "next", meaning: "The path of this server to go on to.")], use: replies.page)
        routes.open(
            .post, "/login", "Logs a user in: 303 and a session's cookie.", answers: html,
            body: "a form: name, password, next, csrf", use: replies.login)
        routes.open(
            .post, "/logout", "Ends the session, or with all every one of its user.", answers: html,
            body: "a form: csrf, all", use: replies.logout)
        routes.open(.get, "/account", "Who is logged in: one's own account.", answers: html, use: replies.account)
        routes.open(
            .post, "/account/password", "Changes one's own password; other sessions are over.", answers: html,
            body: "a form: current, password, csrf", use: replies.password)
        let audit = AuditReplies(state: state)
        routes.scoped(
            .get, "/api/v1/audit", "What was done to this server and by whom, as events, a page at a time.",
            answers: ["application/x-ndjson"],
            parameters: QueryText.filterNames.union(["order", "limit", "cursor"]).sorted().map {
                RouteDescription.Parameter(name: $0, meaning: "Which events, as cat chooses them; or which page of them.")
            }, use: audit.page)
        routes.scoped(
            .post, "/api/v1/audit", "Records what a command did; only over the control socket.",
            body: "JSON: {\"act\", \"by\", \"target\", \"tenant\", \"detail\"}", use: audit.record)
    }
}
