public import VarveEvents

// Signals from clients of other products (`docs/protocols`). They are described for views and for `catalog show`; senders may
// add any attributes, and no field is required.

extension Catalog {
    public static let protocolSignals: [SignalDescription] = [
        describe(
            "otel.span", .monitoring, "a span of a trace", ["C67"],
            [
                .component("service.name"), traceID, spanID, FieldDescription("parent_id", .text),
                FieldDescription("name", .text, "the operation, for example METHOD /route"),
                FieldDescription("kind", .text, allowed: ["internal", "server", "client", "producer", "consumer"]),
                FieldDescription("status", .text, allowed: ["unset", "ok", "error"]), .duration(),
                FieldDescription("peer", .text, "the service or database that the span calls"),
            ]),
        describe(
            "otel.log", .monitoring, "a log record", ["C67"],
            [
                .component("service.name"), traceID, spanID,
                FieldDescription("severity", .text, allowed: ["trace", "debug", "info", "warn", "error", "fatal"]),
                FieldDescription("severity_number", .integer), FieldDescription("body", .text, privacy: .content),
            ]),
        describe(
            "otel.metric", .monitoring, "a point of a metric", ["M16", "C31"],
            [
                .component("service.name"), FieldDescription("name", .text),
                FieldDescription(
                    "kind", .text, allowed: ["gauge", "sum", "histogram", "exponential_histogram", "summary"]),
                FieldDescription("value", .number), FieldDescription("delta", .number, "the increase since the previous point"),
                FieldDescription("delta_count", .integer, unit: .count), FieldDescription("delta_sum", .number),
            ]),
        describe(
            "prometheus.sample", .monitoring, "a sample of a series, with its labels as label.NAME", ["M16", "C31"],
            [FieldDescription("name", .text), FieldDescription("value", .number)]),
    ]

    private static let traceID = FieldDescription("trace_id", .text)
    private static let spanID = FieldDescription("span_id", .text)
}
