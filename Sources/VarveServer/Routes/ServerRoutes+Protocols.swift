internal import HTTPTypes

/// Routes of other products' clients.
extension ServerRoutes {
    static func protocols(_ book: RouteBook, _ state: ServerState) {
        let otlp = OTLPIn(state)
        let types = ["application/x-protobuf", "application/json"]
        let body = "an OTLP export request, in protobuf or JSON; plain, gzip or deflate"
        book.scoped(.post, "/v1/logs", "OTLP: log records become `otel.log`.", answers: types, body: body, use: otlp.logs)
        book.scoped(.post, "/v1/traces", "OTLP: spans become `otel.span`.", answers: types, body: body, use: otlp.traces)
        book.scoped(
            .post, "/v1/metrics", "OTLP: data points become `otel.metric`.", answers: types, body: body, use: otlp.metrics)
    }
}
