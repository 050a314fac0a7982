import VarveEvents

// Machines, any other metric, and the alerts about them (M16–M19, A14, A54–A60).

extension Catalog {
    static let monitoringSignals: [SignalDescription] = [
        describe(
            "system.cpu", .monitoring, "CPU usage of a machine", ["M19"],
            [
                host, used, FieldDescription("load", .number, "waiting or running processes, mean of one minute"),
            ]),
        describe("system.memory", .monitoring, "memory usage of a machine", ["M19"], [host, used, usedBytes, totalBytes]),
        describe(
            "system.disk", .monitoring, "disk usage", ["M19"],
            [
                host, FieldDescription("device", .text), used, usedBytes, totalBytes,
            ]),
        describe(
            "system.network", .monitoring, "network traffic since the previous sample", ["M19"],
            [
                host, FieldDescription("interface", .text),
                FieldDescription("received_bytes", .integer, unit: .bytes, required: true, from: ["bytes_in", "rx_bytes"]),
                FieldDescription("sent_bytes", .integer, unit: .bytes, required: true, from: ["bytes_out", "tx_bytes"]),
                FieldDescription("errors", .integer, unit: .count),
            ]),
        describe(
            "metric.sample", .monitoring, "one value of any metric", ["M16", "C31", "A1"],
            [
                FieldDescription("metric_type", .text, required: true, from: ["type"]),
                FieldDescription("value", .number, required: true),
                FieldDescription("source", .text, default: "unknown", "what measured it"), FieldDescription("unit", .text),
                FieldDescription("dimensions", .json),
            ]),
        describe(
            "threshold.changed", .monitoring, "the limits of a metric were set", ["M18", "M41"], retention: .latest,
            [
                FieldDescription("metric_type", .text, required: true), FieldDescription("warning_threshold", .number),
                FieldDescription("critical_threshold", .number),
                FieldDescription("for_s", .number, unit: .seconds, "how long it must last", from: ["duration"]),
                FieldDescription("enabled", .boolean, default: "true"), FieldDescription("updated_by", .text, privacy: .personal),
            ]),
        describe(
            "alert.triggered", .monitoring, "a rule's condition became true", ["A14", "A54", "A59", "A60", "M17"],
            dedup: ["alert_id"],
            alert + [
                FieldDescription("message", .text, privacy: .content), FieldDescription("value", .number, "what was measured"),
                FieldDescription("threshold", .number, "what it was compared with"),
                FieldDescription("details", .json, privacy: .content),
            ]),
        describe(
            "alert.resolved", .monitoring, "the condition is no longer true, or the alert was resolved by hand",
            ["A14", "A59", "M17", "M42"],
            alert + [
                FieldDescription("open_s", .number, unit: .seconds, "since it was triggered"),
                FieldDescription("resolved_by", .text, default: "rule", privacy: .personal),
            ]),
    ]

    private static let host = FieldDescription.component("the machine", from: ["host", "hostname"])
    private static let used = FieldDescription(
        "used", .number, unit: .fraction, required: true,
        from: [
            FieldSource("percent", times: 0.01), FieldSource("usage", times: 0.01), FieldSource("cpu_percent", times: 0.01),
            FieldSource("memory_percent", times: 0.01), FieldSource("disk_percent", times: 0.01),
        ])
    private static let usedBytes = FieldDescription("used_bytes", .integer, unit: .bytes)
    private static let totalBytes = FieldDescription("total_bytes", .integer, unit: .bytes)
    private static let alert: [FieldDescription] = [
        FieldDescription("alert_id", .text, "one occurrence", from: ["id"]),
        FieldDescription("rule", .text, required: true, from: ["alert_type", "rule.id"]),
        FieldDescription(
            "severity", .text, required: true, allowed: ["info", "warning", "critical"], from: ["rule.severity"]),
    ]
}
