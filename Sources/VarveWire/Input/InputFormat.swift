/// The supported input formats.
public enum InputFormat: String, CaseIterable, Sendable {
    case ndjson, combined, common
    /// Debian's: the virtual host and its port precede the client.
    case vhostCombined = "vhost_combined"
    /// nginx's `main`: combined, with `"$http_x_forwarded_for"` at the end.
    case nginxMain = "nginx_main"
    case csv
    /// A system's own JSON.
    case records
    /// Detected from the first lines.
    case auto
    // Formats with fields, converted by a mapping (`FieldPreset`).
    case pino, bunyan, zap, ecs, docker, cri, journald, logfmt, syslog, zeek, caddy, traefik, cloudflare, w3c
    /// An access log in the format given in its server's configuration.
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
    case gelf, statsd
    /// Fluentd's forward protocol.
    case fluent

    /// Whether a mapping may be given for it.
    public var takesMapping: Bool {
        switch self {
        case .combined, .common, .vhostCombined, .nginxMain, .records, .auto: false
        default: !isDocument
        }
    }

    /// Whether its lines are, or may be, JSON objects, which an input may also hold in an array or over several lines.
    public var isJSONLines: Bool {
        switch self {
        case .ndjson, .auto, .pino, .bunyan, .zap, .ecs, .docker, .journald, .zeek, .caddy, .traefik, .cloudflare: true
        default: false
        }
    }

    /// Whether an input is one document, which is read as a whole.
    public var isDocument: Bool {
        switch self {
        case .otlpLogs, .otlpTraces, .otlpMetrics, .prometheusText, .openMetrics, .remoteWrite, .remoteWrite2,
            .cloudEvents, .elasticBulk, .lokiPush, .influxLines, .sentryEnvelope, .sentryEvent, .alertmanager, .gelf, .statsd,
            .fluent:
            true
        default: false
        }
    }
}
