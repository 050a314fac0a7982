internal import HTTPTypes

extension ServerRoutes {
    /// Rules, alerts, silences.
    static func alerts(_ routes: RouteRegistry, _ state: ServerState) {
        let replies = AlertReplies(state: state)
        let id = RouteDescription.Parameter(name: "id", meaning: "Which one.", isInPath: true)
        let act = "JSON: {\"by\", \"comment\"}, both as you like"
        routes.scoped(
            .get, "/api/v1/alerts", "The alerts that are pending or fire, and one line for each rule without any.",
            parameters: ["state", "rule", "severity"].map { .init(name: $0, meaning: "Only of these, separated by commas.") },
            use: replies.alerts)
        routes.scoped(.get, "/api/v1/alerts/{id}", "What was said of an alert.", parameters: [id], use: replies.alert)
        routes.scoped(
            .post, "/api/v1/alerts/{id}/ack", "Takes an alert on.", body: act, parameters: [id], use: replies.acknowledge)
        routes.scoped(
            .post, "/api/v1/alerts/{id}/resolve", "Resolves an alert by hand.", body: act, parameters: [id], use: replies.resolve)
        routes.scoped(.get, "/api/v1/rules", "All rules, those that are off too.", use: replies.rules)
        routes.scoped(
            .patch, "/api/v1/rules/{id}", "Switches a rule on or off, or gives it another threshold, duration or severity.",
            body: "JSON: {\"enabled\", \"threshold\", \"for\", \"severity\", \"by\"}", parameters: [id], use: replies.change)
        let incidents = IncidentReplies(state: state)
        routes.scoped(
            .get, "/api/v1/incidents", "All incidents, with the times of response and resolution.",
            parameters: [.init(name: "open", meaning: "true for those that are open alone.")], use: incidents.list)
        routes.scoped(.get, "/api/v1/incidents/{id}", "One incident.", parameters: [id], use: incidents.show)
        routes.scoped(
            .patch, "/api/v1/incidents/{id}", "Says something of an incident; one is closed with what the settings require.",
            body: "JSON: {\"status\", \"assignee\", \"root_cause\", \"resolution\", \"by\"}", parameters: [id],
            use: incidents.change)
        let shape = PrometheusRuleReplies(state: state)
        routes.scoped(
            .get, "/prometheus/api/v1/rules", "Rules and their alerts in Prometheus' shape.",
            parameters: [
                .init(name: "type", meaning: "alert, or record, of which there are none."),
                .init(name: "rule_name[]", meaning: "Only these rules."),
                .init(name: "rule_group[]", meaning: "Only these groups."),
                .init(name: "file[]", meaning: "Only these files."),
            ], use: shape.rules)
        routes.scoped(
            .get, "/prometheus/api/v1/alerts", "Alerts that are pending or fire, in Prometheus' shape.", use: shape.alerts)
        routes.scoped(.get, "/api/v1/silences", "All silences.", use: replies.silences)
        routes.scoped(
            .post, "/api/v1/silences", "Mutes alerts for a time.",
            body: "JSON: {\"matchers\": [\"rule=…\"], \"from\", \"to\" or \"for\": \"2h\", \"by\", \"comment\"}",
            use: replies.silence)
        routes.scoped(.delete, "/api/v1/silences/{id}", "Ends a silence now.", parameters: [id], use: replies.endSilence)
    }
}
