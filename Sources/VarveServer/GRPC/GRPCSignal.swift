/// One of OTLP's three services.
package enum GRPCSignal: String, CaseIterable, Sendable {
    case logs
    case traces
    case metrics

    /// The name of its service; the method is always `Export`.
    package var service: String {
        switch self {
        case .logs: "opentelemetry.proto.collector.logs.v1.LogsService"
        case .traces: "opentelemetry.proto.collector.trace.v1.TraceService"
        case .metrics: "opentelemetry.proto.collector.metrics.v1.MetricsService"
        }
    }
}
