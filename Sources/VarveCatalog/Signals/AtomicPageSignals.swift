import VarveEvents

// Browser reports: page experience, loading, errors; and log entries (A6–A11). The times of A7 are computed in the browser.

extension Catalog {
    static let atomicPageSignals: [SignalDescription] = [
        describe(
            "rum.vital", .atomic, "one measure of page experience", ["A6", "D10"], sources: ["rum_metric"], dedup: ["metric_id"],
            [
                FieldDescription("name", .text, required: true, allowed: ["CLS", "INP", "LCP", "FCP", "TTFB", "FID"]),
                FieldDescription("value", .number, required: true, "milliseconds; for CLS a score"),
                FieldDescription("metric_id", .text, privacy: .pseudonymous, "the page view it belongs to", from: ["id"]),
            ] + page),
        describe(
            "rum.page_load", .atomic, "a page was loaded", ["A6", "A7", "D11"], sources: ["page_load"],
            [
                part("dns", "domainLookupEnd − domainLookupStart"), part("tcp", "connectEnd − connectStart"),
                part("ssl", "connectEnd − secureConnectionStart; a part of tcp, not beside it"),
                part("ttfb", "responseStart − requestStart"), part("download", "responseEnd − responseStart"),
                part("dom", "domContentLoadedEventEnd − domContentLoadedEventStart"),
                FieldDescription(
                    "load_ms", .number, unit: .milliseconds, required: true, "loadEventEnd − loadEventStart", from: ["load"]),
            ] + page),
        describe(
            "rum.resource", .atomic, "a page loaded a resource", ["A8"],
            [
                FieldDescription("name", .text, required: true, privacy: .personal, "the resource's address"),
                FieldDescription("initiator", .text, "script, css, img, fetch …", from: ["initiatorType"]),
                .duration(required: true),
                FieldDescription("bytes", .integer, unit: .bytes, from: ["transferSize"]),
            ] + page),
        describe("rum.long_task", .atomic, "a page was busy for more than 50 ms", ["A8"], [.duration(required: true)] + page),
        describe(
            "js.error", .atomic, "a script failed", ["A9"], sources: ["javascript_error"],
            [
                FieldDescription("message", .text, required: true, privacy: .content), FieldDescription("filename", .text),
                FieldDescription("lineno", .integer), FieldDescription("colno", .integer), .stack,
            ] + page),
        describe(
            "js.unhandled_rejection", .atomic, "a promise was rejected without a handler", ["A10"],
            sources: ["unhandled_promise_rejection"],
            [
                FieldDescription("message", .text, default: "Unhandled promise rejection", privacy: .content), .stack,
            ] + page),
        describe(
            "log.entry", .atomic, "a line of a structured log", ["A11", "A64", "A65"],
            [
                FieldDescription("level", .text, allowed: logLevels, "lines of containers have none"),
                FieldDescription("message", .text, privacy: .content),
                FieldDescription("request_id", .text, privacy: .pseudonymous, from: ["requestId"]), .user,
                FieldDescription("feature", .text), FieldDescription("path", .text, privacy: .personal),
                FieldDescription("error", .text, privacy: .content),
            ]),
    ]

    /// Every word that a preset gives, and those of the loggers whose own word is kept.
    private static let logLevels = [
        "trace", "debug", "info", "notice", "warn", "warning", "error", "err", "crit", "critical", "alert", "emerg",
        "fatal", "panic", "dpanic",
    ]

    private static let page: [FieldDescription] = [
        .url, FieldDescription("user_agent", .text, privacy: .personal, from: ["userAgent"]),
        FieldDescription("connection", .text, "the browser's effectiveType: 4g, 3g …", from: ["effectiveType"]), .session, .user,
    ]

    private static func part(_ name: String, _ meaning: String) -> FieldDescription {
        FieldDescription("\(name)_ms", .number, unit: .milliseconds, meaning, from: [FieldSource(name)])
    }
}
