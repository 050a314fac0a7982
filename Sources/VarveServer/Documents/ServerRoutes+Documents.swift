internal import HTTPTypes
internal import Hummingbird

extension ServerRoutes {
    /// The paths of the five systems' documents.
    static func documents(_ routes: RouteRegistry, _ state: ServerState) {
        let beacons = BeaconsIn(state: state)
        let records = RecordsIn(state: state)
        let bodies = "a record of the document, or an array of them"
        for path in ["/api/metrics/rum", "/api/errors"] {
            let what = path == "/api/errors" ? "Errors of scripts in pages" : "What browsers measure"
            routes.open(
                .post, path, "\(what), as sendBeacon sends it: from a listed origin, or with a token. 204.", body: bodies,
                use: beacons.measured)
        }
        routes.open(
            .post, "/api/telemetry/resilience", "Resilience signals: from a listed origin, or with a token.", body: bodies,
            use: beacons.resilience)
        for path in BeaconsIn.paths.sorted() {
            routes.open(.options, path, "What a page of a listed origin may send.", use: beacons.preflight)
        }
        routes.scoped(
            .post, "/api/flashfusion/{operation}", "What FlashFusion's functions report, by their names.", body: bodies,
            parameters: [.init(name: "operation", meaning: "addTechDebt, updateIncident …", isInPath: true)],
            use: records.flashfusion)
        for table in ["metrics", "alerts", "thresholds"] {
            routes.scoped(
                .post, "/api/monitoring/\(table)", "Rows of monitoring_\(table).", body: bodies, use: records.monitoring)
        }
        routes.open(
            .post, "/api/chatbot/events", "The bot's events: with its secret in X-Varve-Secret, or a token.", body: bodies,
            parameters: [.init(name: "X-Varve-Secret", meaning: "serve.chatbot_secret.", isHeader: true)], use: records.chatbot)
        figures(routes, state)
        routes.open(.get, "/lti/config", "That this server takes LTI launches as events; a synthetic check asks for it.") {
            _, _ in
            ViewReplies.json(
                "{\"title\":\"Varve\",\"description\":\"takes launches as events\","
                    + "\"launches\":\"/api/v1/views/lti_launches\"}\n")
        }
    }

    private static func figures(_ routes: RouteRegistry, _ state: ServerState) {
        let chatbot = ChatbotReplies(state: state)
        let monitoring = MonitoringReplies(state: state)
        let analytics = AnalyticsReplies(state: state)
        let atomic = AtomicReplies(state: state)
        let systems = SystemReplies(state: state)
        routes.open(
            .get, "/debug/health-quick", "How the parts are, from what is known: it waits for nothing.", use: chatbot.quick)
        routes.scoped(.get, "/debug/metrics", "The chatbot's figures of now (C17).", use: chatbot.metrics)
        routes.scoped(
            .get, "/api/v1/metrics/current", "The same, the hours of a week and the last 1,000 response times.",
            use: chatbot.currentMetrics)
        routes.scoped(
            .get, "/debug/message-stream", "The chatbot's messages as they come (C18).", answers: ["text/event-stream"],
            use: EventStream(state: state).messages)
        routes.scoped(
            .get, "/api/monitoring/dashboard", "The state of the chatbot's monitoring page (C35).",
            use: monitoring.dashboard)
        routes.scoped(
            .get, "/api/monitoring/status", "How services, alerts and machines are: getSystemStatus.",
            use: monitoring.status)
        routes.scoped(
            .get, "/api/monitoring/export", "The hours of a week, or from and to, as CSV or JSON.",
            answers: ["application/json", "text/csv"],
            parameters: [
                .init(name: "format", meaning: "json or csv."), .init(name: "from", meaning: "Event time."),
                .init(name: "to", meaning: "Event time."),
            ], use: monitoring.export)
        for (path, view, table) in [
            ("metrics", "metrics", nil), ("alerts", "alert_states", "entities"), ("thresholds", "metric_thresholds", "entities"),
        ] as [(String, String, String?)] {
            routes.scoped(
                .get, "/api/monitoring/\(path)", "The rows of the view \(view).", use: monitoring.rows(of: view, table: table))
        }
        let range: [RouteDescription.Parameter] = [
            .init(name: "from", meaning: "Event time; by default a week ago."), .init(name: "to", meaning: "Event time."),
        ]
        routes.scoped(
            .get, "/api/analytics/overview", "Three figures against the period before.", parameters: range,
            use: analytics.overview)
        routes.scoped(
            .get, "/api/analytics/timeline", "Messages over time, with what is unusual.",
            parameters: range + [.init(name: "granularity", meaning: "hourly, daily, weekly or monthly.")],
            use: analytics.timeline)
        routes.scoped(
            .get, "/api/analytics/users", "Who is active, who writes most, and when.",
            parameters: range + [.init(name: "limit", meaning: "How many users.")], use: analytics.users)
        routes.scoped(
            .get, "/api/dashboard/operational", "The operational dashboard as data.",
            parameters: [.init(name: "timeRange", meaning: "1h, 6h, 24h, 7d or 30d.")], use: atomic.operational)
        routes.scoped(
            .get, "/api/dashboard/business", "The business dashboard as data.",
            parameters: [.init(name: "period", meaning: "day, week or month.")], use: atomic.business)
        routes.scoped(
            .get, "/api/flashfusion/{operation}", "All of FlashFusion's figures: getMetrics, exportMetrics.",
            parameters: [.init(name: "operation", meaning: "getMetrics or exportMetrics.", isInPath: true)],
            use: systems.flashfusion)
        routes.scoped(
            .get, "/api/telemetry/resilience", "All resilience figures: get_resilience_metrics().",
            use: systems.resilience)
    }
}
