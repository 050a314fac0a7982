internal import HTTPTypes

/// All routes of a server.
enum ServerRoutes {
    static func router(_ state: ServerState) -> RouteBook {
        let book = RouteBook(state)
        let health = HealthReplies(state: state)
        let plain = ["text/plain"]
        book.open(.get, "/livez", "Whether the process lives.", answers: plain, use: health.live)
        book.open(
            .get, "/readyz", "Whether requests are served.", answers: plain,
            parameters: [.init(name: "verbose", meaning: "Say how each part is.")], use: health.ready)
        book.open(.get, "/healthz", "As /readyz.", answers: plain, use: health.ready)
        book.open(.get, "/health", "How each part is: 200, or 503 when requests cannot be served.", use: health.health)
        let status = StatusReplies(state: state)
        book.scoped(.get, "/metrics", "What the server measures, as Prometheus reads it.", answers: plain, use: status.metrics)
        book.scoped(.get, "/api/v1/status", "How far everything is, and what it costs.", use: status.status)
        events(book, state)
        return book
    }

    private static func events(_ book: RouteBook, _ state: ServerState) {
        let incoming = EventsIn(state: state)
        book.scoped(
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
