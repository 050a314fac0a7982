internal import HTTPTypes
internal import VarvePages

/// All routes of a server.
enum ServerRoutes {
    static func router(_ state: ServerState) -> RouteRegistry {
        let routes = RouteRegistry(state)
        let health = HealthReplies(state: state)
        let plain = ["text/plain"]
        routes.open(.get, "/livez", "Whether the process lives.", answers: plain, use: health.live)
        routes.open(
            .get, "/readyz", "Whether requests are served.", answers: plain,
            parameters: [.init(name: "verbose", meaning: "Say how each part is.")], use: health.ready)
        routes.open(.get, "/healthz", "As /readyz.", answers: plain, use: health.ready)
        routes.open(.get, "/health", "How each part is: 200, or 503 when requests cannot be served.", use: health.health)
        let status = StatusReplies(state: state)
        routes.scoped(.get, "/metrics", "What the server measures, as Prometheus reads it.", answers: plain, use: status.metrics)
        routes.scoped(.get, "/api/v1/status", "How far everything is, and what it costs.", use: status.status)
        events(routes, state)
        answers(routes, state)
        protocols(routes, state)
        traces(routes)
        pages(routes, state)
        alerts(routes, state)
        analysis(routes, state)
        prometheus(routes)
        documents(routes, state)
        administration(routes, state)
        users(routes, state)
        access(routes, state)
        log(routes, state)
        let shown = routes.routes.filter { !state.hidden.contains($0.path) }
        routes.open(.get, "/openapi.json", "This interface, as OpenAPI 3.1.") { [routes = shown] _, _ in
            ViewReplies.json(ServerInterface.json(routes, state.options.version))
        }
        return routes
    }

    private static func answers(_ routes: RouteRegistry, _ state: ServerState) {
        let views = ViewReplies(state: state)
        let rows = ["application/json", "text/csv", "application/x-ndjson", RowFormat.parquetType]
        let name = RouteDescription.Parameter(name: "name", meaning: "The view's name, or name@version.", isInPath: true)
        let asked = RouteDescription.Parameter.shared(ViewReplies.names)
        routes.scoped(.get, "/api/v1/views", "All views, how far they are, and their columns.", use: views.list)
        routes.scoped(
            .get, "/api/v1/views/{name}", "The rows of a view.", answers: rows, parameters: [name] + asked, use: views.show)
        routes.scoped(
            .get, "/api/v1/views/{name}/hash", "What a view is, as a hash that anyone with the log gets too.",
            parameters: [
                name, .init(name: "at", meaning: "As of this offset, or this time of appending."),
                .init(name: "name", meaning: "Whose views: a projector's name."),
            ], use: views.hash)
        routes.scoped(
            .get, "/api/v1/query", "A question without a view, as varve query.", answers: rows,
            parameters: RouteDescription.Parameter.shared(ViewReplies.queryNames), use: views.query)
        let events = EventReplies(state: state)
        let lines = ["application/x-ndjson"]
        let filters = RouteDescription.Parameter.shared(QueryText.filterNames)
        let live: [RouteDescription.Parameter] = [
            .init(name: "since", meaning: "The first offset that is wanted; by default what comes from now on."),
            .init(name: "topics", meaning: "events (the default), views, alerts, health."),
            .init(name: "view", meaning: "For the topic views: which."),
            .init(name: "Last-Event-ID", meaning: "The last id that was seen; it goes on behind it.", isHeader: true),
        ]
        let id = RouteDescription.Parameter(name: "id", meaning: "Whose events.", isInPath: true)
        routes.scoped(
            .get, "/api/v1/events", "Events as they are in the log, a page at a time.", answers: lines,
            parameters: RouteDescription.Parameter.shared(QueryText.filterNames.union(["order", "limit", "cursor"])),
            use: events.page)
        routes.scoped(
            .get, "/api/v1/export", "All events that a filter chooses, of any number.",
            answers: ["application/x-ndjson", "text/csv", RowFormat.parquetType],
            parameters: filters + [RouteDescription.Parameter(name: "format", meaning: "ndjson, the default, csv or parquet.")],
            use: ExportReplies(state: state).events)
        routes.scoped(
            .get, "/api/v1/sessions/{id}", "What a session did.", answers: lines, parameters: [id], use: events.session)
        routes.scoped(.get, "/api/v1/users/{id}", "What a user did.", answers: lines, parameters: [id], use: events.user)
        routes.scoped(
            .get, "/api/v1/stream", "What is appended, as it becomes durable.", answers: ["text/event-stream"],
            parameters: live + filters, use: EventStream(state: state).open)
    }

    private static func events(_ routes: RouteRegistry, _ state: ServerState) {
        let incoming = EventsIn(state: state)
        routes.scoped(
            .post, "/api/v1/events",
            "Appends events; they are on disk when it answers. Sent again under its key, a request appends nothing twice.",
            body: "NDJSON, a JSON object or array, or another format; plain, gzip or deflate; of any length",
            parameters: [
                .init(name: "format", meaning: "What the body is: ndjson, csv, combined, logfmt …, or a system's own records."),
                .init(name: "mapping", meaning: "A file of the data directory's mappings, without .yaml."),
                .init(name: "signal", meaning: "The signal of events that name none."),
                .init(name: "time_unit", meaning: "The unit of times that are numbers: ms, s, us, ns, auto, rfc3339."),
                .init(name: "durability", meaning: "sync, or interval for an earlier answer that a power cut can undo."),
                .init(name: "Idempotency-Key", meaning: "What this request is known by when it is sent again.", isHeader: true),
                .init(name: "Varve-Producer", meaning: "Who numbers its requests.", isHeader: true),
                .init(name: "Varve-Epoch", meaning: "Higher each time the producer starts anew.", isHeader: true),
                .init(name: "Varve-Sequence", meaning: "The request's number.", isHeader: true),
            ], use: incoming.post)
    }
}
