/// The outside formats that become events.
public enum InputFormat: String, CaseIterable, Sendable {
    case ndjson, combined, common
    /// Debian's: the virtual host and its port stand before the client.
    case vhostCombined = "vhost_combined"
    /// nginx's `main`: combined, with `"$http_x_forwarded_for"` at the end.
    case nginxMain = "nginx_main"
    case csv
    /// A system's own JSON.
    case records
    /// Told from the first lines.
    case auto
    // Formats with fields, which a mapping (`FieldPreset`) makes events of.
    case pino, bunyan, zap, ecs, docker, cri, journald, logfmt, syslog, zeek, caddy, traefik, cloudflare, w3c
    /// An access log in a format that is given as its server's configuration has it.
    case logFormat = "log_format"

    // Documents: bodies as clients of other products send them.
    case otlpLogs = "otlp_logs"
    case otlpTraces = "otlp_traces"
    case otlpMetrics = "otlp_metrics"
    case prometheusText = "prometheus"
    case openMetrics = "openmetrics"
    case remoteWrite = "remote_write"
    case remoteWrite2 = "remote_write_2"
    case cloudEvents = "cloudevents"
    case elasticBulk = "elasticsearch_bulk"
    case lokiPush = "loki"
    case influxLines = "influx"
    case sentryEnvelope = "sentry"
    case sentryEvent = "sentry_store"
    case alertmanager

    /// Whether a mapping may be given for it.
    public var takesMapping: Bool {
        switch self {
        case .combined, .common, .vhostCombined, .nginxMain, .records, .auto: false
        default: !isDocument
        }
    }

    /// Whether an input is one document, which is read as a whole.
    public var isDocument: Bool {
        switch self {
        case .otlpLogs, .otlpTraces, .otlpMetrics, .prometheusText, .openMetrics, .remoteWrite, .remoteWrite2,
            .cloudEvents, .elasticBulk, .lokiPush, .influxLines, .sentryEnvelope, .sentryEvent, .alertmanager:
            true
        default: false
        }
    }
}
