internal import HTTPTypes

/// Traces, in our own words and in Jaeger's.
extension ServerRoutes {
    static func traces(_ routes: RouteRegistry) {
        let traces = TraceReplies()
        let id = RouteDescription.Parameter(name: "id", meaning: "The trace's id, in hexadecimal digits.", isInPath: true)
        routes.scoped(
            .get, "/api/v1/traces", "The latest traces.",
            parameters: [
                .init(name: "service", meaning: "Traces with a span of this service."),
                .init(name: "name", meaning: "Traces with a span of this name; with service, one of both."),
                .init(name: "min_duration", meaning: "Traces that took at least so long: 100ms, 1.5s."),
                .init(name: "error", meaning: "Traces with a span that failed."),
                .init(name: "limit", meaning: "How many; 20 by default."),
                .init(name: "from", meaning: "Spans that began from here on, RFC 3339."),
                .init(name: "to", meaning: "Spans that began before this."),
            ], use: traces.list)
        routes.scoped(
            .get, "/api/v1/traces/{id}", "The spans of a trace as a tree: own time, the critical path, parents that are missing.",
            parameters: [id], use: traces.trace)
        jaeger(routes, id)
    }

    private static func jaeger(_ routes: RouteRegistry, _ id: RouteDescription.Parameter) {
        let jaeger = JaegerReplies()
        routes.scoped(.get, "/jaeger/api/services", "Jaeger's query API: services.", use: jaeger.services)
        routes.scoped(
            .get, "/jaeger/api/services/{service}/operations", "Jaeger's query API: names of a service's spans.",
            parameters: [.init(name: "service", meaning: "Which.", isInPath: true)], use: jaeger.names)
        routes.scoped(
            .get, "/jaeger/api/operations", "Jaeger's query API: names and kinds of a service's spans.",
            parameters: [.init(name: "service", meaning: "Which.")], use: jaeger.operations)
        let asked = ["service", "operation", "start", "end", "limit", "minDuration", "tags"].map {
            RouteDescription.Parameter(name: $0, meaning: "As Jaeger has it.")
        }
        routes.scoped(.get, "/jaeger/api/traces", "Jaeger's query API: traces.", parameters: asked, use: jaeger.traces)
        routes.scoped(.get, "/jaeger/api/traces/{id}", "Jaeger's query API: one trace.", parameters: [id], use: jaeger.trace)
        routes.scoped(
            .get, "/jaeger/api/dependencies", "Jaeger's query API: which service called which.", use: jaeger.dependencies)
    }
}
