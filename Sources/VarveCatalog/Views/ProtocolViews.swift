import VarveEvents
import VarveProjections

// Views of data from clients of other products (C67, M16).

extension Catalog {
    static let protocolViews: [CatalogView] = [
        CatalogView(
            .monitoring, "requests answered by services, by service and route: rate, errors, times", ["C67", "M20"],
            otelRequests),
        CatalogView(.monitoring, "calls between services: rate, errors, times", ["C67"], otelEdges),
        CatalogView(.monitoring, "log records by service and severity", ["C67"], otelLogs),
        CatalogView(.monitoring, "OpenTelemetry metric points by service and name", ["M16", "C31"], otelMetrics),
        CatalogView(.monitoring, "Prometheus samples by name", ["M16", "C31"], prometheusSamples),
    ]

    private static let isAnswer = Condition.isIn(Field("kind"), [.string("server"), .string("consumer")])
    private static let isCall = Condition.isIn(Field("kind"), [.string("client"), .string("producer")])

    private static let otelRequests = ViewDefinition("otel_requests") {
        SignalFilter("otel.span")
        isAnswer
        Dimension("component", name: "service")
        Dimension("name", name: "route")
        Measure.count("requests")
        Measure.count("errors", when: .equals("status", "error"))
        Measure.sum("duration_sum_ms", of: "duration_ms")
        Measure.spread(of: "duration_ms")
        DerivedColumn.ratio("error_rate", of: "errors", over: "requests")
        DerivedColumn.ratePerSecond("per_second", of: "requests")
        DerivedColumn.mean("mean_ms", of: "duration_sum_ms")
    }

    private static let otelEdges = ViewDefinition("otel_edges") {
        SignalFilter("otel.span")
        isCall
        Dimension("component", name: "service")
        Dimension("peer")
        Measure.count("calls")
        Measure.count("errors", when: .equals("status", "error"))
        Measure.spread(of: "duration_ms")
        DerivedColumn.ratio("error_rate", of: "errors", over: "calls")
        DerivedColumn.ratePerSecond("per_second", of: "calls")
    }

    private static let otelLogs = ViewDefinition("otel_logs") {
        SignalFilter("otel.log")
        Dimension("component", name: "service")
        Dimension("severity")
        Measure.count("records")
        DerivedColumn.ratePerSecond("per_second", of: "records")
    }

    private static let otelMetrics = ViewDefinition("otel_metrics") {
        SignalFilter("otel.metric")
        Dimension("component", name: "service")
        Dimension("name", name: "metric")
        Measure.count("points")
        Measure.min("least", of: "value")
        Measure.max("greatest", of: "value")
        Measure.last("latest", of: "value")
        Measure.sum("increase", of: "delta")
        Measure.sum("recorded", of: "delta_count")
        Measure.sum("recorded_sum", of: "delta_sum")
    }

    private static let prometheusSamples = ViewDefinition("prometheus_samples") {
        SignalFilter("prometheus.sample")
        Dimension("name", name: "metric")
        Measure.count("samples")
        Measure.min("least", of: "value")
        Measure.max("greatest", of: "value")
        Measure.last("latest", of: "value")
    }
}
