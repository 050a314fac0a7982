internal import HTTPTypes

/// Routes of other products' clients.
extension ServerRoutes {
    static func protocols(_ routes: RouteRegistry, _ state: ServerState) {
        otlp(routes, state)
        prometheus(routes, state)
    }

    /// The routes that are also at OTLP's own port.
    static func otlp(_ routes: RouteRegistry, _ state: ServerState) {
        let otlp = OTLPIn(state)
        let types = ["application/x-protobuf", "application/json"]
        let body = "an OTLP export request, in protobuf or JSON; plain, gzip or deflate"
        routes.scoped(.post, "/v1/logs", "OTLP: log records become `otel.log`.", answers: types, body: body, use: otlp.logs)
        routes.scoped(.post, "/v1/traces", "OTLP: spans become `otel.span`.", answers: types, body: body, use: otlp.traces)
        routes.scoped(
            .post, "/v1/metrics", "OTLP: data points become `otel.metric`.", answers: types, body: body, use: otlp.metrics)
    }

    private static func prometheus(_ routes: RouteRegistry, _ state: ServerState) {
        let prometheus = PrometheusIn(documents: DocumentIn(state: state))
        let plain = ["text/plain"]
        for path in ["/api/v1/write", "/prometheus/api/v1/write"] {
            routes.scoped(
                .post, path, "Prometheus' remote write, 1.0 and 2.0: samples become `prometheus.sample`.", answers: plain,
                body: "a snappy block with a write request in protobuf", use: prometheus.write)
        }
        let text = "an exposition as text: Prometheus 0.0.4 or OpenMetrics 1.0; plain, gzip or deflate"
        routes.scoped(
            .post, "/api/v1/import/prometheus", "Samples with times, as text, become `prometheus.sample`.", body: text,
            use: prometheus.load)
        for path in ["/metrics/job/**", "/metrics/job@base64/**"] {
            for method in [HTTPRequest.Method.put, .post] {
                routes.scoped(
                    method, path, "A push of a job, as Pushgateway takes it; the path's labels are those of all samples.",
                    answers: plain, body: text, use: prometheus.push)
            }
            routes.scoped(
                .delete, path, "Takes what Pushgateway takes. The log keeps what was pushed.", answers: plain,
                use: prometheus.delete)
        }
        shippers(routes, DocumentIn(state: state))
        elastic(routes, ElasticIn(documents: DocumentIn(state: state)))
    }

    private static func shippers(_ routes: RouteRegistry, _ documents: DocumentIn) {
        let events = CloudEventsIn(documents: documents)
        routes.scoped(
            .post, "/cloudevents", "CloudEvents 1.0; an event's type is its signal, source and id are its id.",
            body: "a CloudEvent, structured or binary, or a batch of them", use: events.post)
        routes.open(.options, "/cloudevents", "Whether CloudEvents are wanted, as senders of webhooks ask.", use: events.options)
        let shippers = ShippersIn(documents: documents)
        routes.scoped(
            .post, "/loki/api/v1/push", "Loki's push: lines become `log.entry`.", answers: ["text/plain"],
            body: "streams, as JSON or as protobuf in a snappy block", use: shippers.loki)
        let precision = RouteDescription.Parameter(name: "precision", meaning: "The unit of times: ns, us, ms or s.")
        for path in ["/write", "/api/v2/write"] {
            routes.scoped(
                .post, path, "InfluxDB's line protocol: lines become `influx.point`.", body: "lines; plain or gzip",
                parameters: [precision], use: shippers.influx)
        }
        routes.scoped(.post, "/query", "What clients of InfluxDB 1 ask before they write.", use: shippers.influxQuery)
        routes.open(.get, "/ping", "What clients of InfluxDB ask first.", use: shippers.influxPing)
        let project = RouteDescription.Parameter(name: "project", meaning: "Any number.", isInPath: true)
        routes.scoped(
            .post, "/api/{project}/envelope", "Sentry's envelope: errors become `error.reported`, transactions `otel.span`.",
            body: "an envelope; plain or gzip", parameters: [project], use: shippers.envelope)
        routes.scoped(
            .post, "/api/{project}/store", "An error as older clients of Sentry send it.", body: "an event as JSON",
            parameters: [project], use: shippers.store)
        for path in ["/alertmanager/webhook", "/api/v2/alerts"] {
            routes.scoped(
                .post, path, "Alerts of Prometheus' kind become `alert.triggered` and `alert.resolved`.",
                body: "a webhook of Alertmanager, version 4, or a list of alerts", use: shippers.alerts)
        }
    }

    private static func elastic(_ routes: RouteRegistry, _ elastic: ElasticIn) {
        let index = RouteDescription.Parameter(name: "index", meaning: "Of documents whose line names none.", isInPath: true)
        let body = "lines of Elasticsearch's bulk API"
        for path in ["/_bulk", "/elasticsearch/_bulk"] {
            for method in [HTTPRequest.Method.post, .put] {
                routes.scoped(method, path, "Documents become `log.entry`.", body: body, use: elastic.bulk)
            }
        }
        for path in ["/{index}/_bulk", "/elasticsearch/{index}/_bulk"] {
            for method in [HTTPRequest.Method.post, .put] {
                routes.scoped(method, path, "The same, for one index.", body: body, parameters: [index], use: elastic.bulk)
            }
        }
        routes.scoped(.get, "/elasticsearch", "Elasticsearch's greeting.", use: elastic.greeting)
        for path in ["/_license", "/elasticsearch/_license"] {
            routes.scoped(.get, path, "What clients of Elasticsearch ask first.", use: elastic.license)
        }
        for path in ["/_xpack", "/elasticsearch/_xpack"] {
            routes.scoped(.get, path, "What clients of Elasticsearch ask first.", use: elastic.xpack)
        }
        for path in ["/_cluster/health", "/elasticsearch/_cluster/health"] {
            routes.scoped(.get, path, "What clients of Elasticsearch ask first.", use: elastic.health)
        }
        let name = RouteDescription.Parameter(name: "name", meaning: "Any name.", isInPath: true)
        for path in ["_index_template", "_template", "_component_template", "_ilm/policy", "_ingest/pipeline"] {
            for prefix in ["/", "/elasticsearch/"] {
                for method in [HTTPRequest.Method.put, .get] {
                    routes.scoped(
                        method, prefix + path + "/{name}", "Taken, and means nothing here.", parameters: [name],
                        use: elastic.acknowledge)
                }
            }
        }
    }
}
