import VarveEvents
import VarveProjections

// Machines, metrics, thresholds and alerts (the mergeable parts of M16–M20, M30–M34).

extension Catalog {
    static let monitoringViews: [CatalogView] = [
        CatalogView(.monitoring, "CPU, memory and disk usage of machines", ["M19", "M30", "M31", "M34"], resources),
        CatalogView(.monitoring, "network traffic", ["M19", "M34"], network),
        CatalogView(.monitoring, "any metric by type and source", ["M16", "M20", "M30", "M34", "C31"], metrics),
        CatalogView(.monitoring, "the thresholds of each metric, as last set", ["M18"], thresholds),
        CatalogView(
            .monitoring, "alerts by rule: their number and duration", ["A59", "M12", "M17", "M24"],
            bounds: ["p95_s": MetricBounds(alert: .above(Numbers.Monitoring.resolution))], alerts),
    ]

    private static let resources = ViewDefinition("system_resources") {
        SignalFilter("system.cpu", "system.memory", "system.disk")
        Dimension("component", name: "host")
        Dimension("signal", name: "resource")
        Measure.sum("used_sum", of: "used")
        Measure.quantiles(
            of: "used",
            [
                StatisticColumn("samples", .count), StatisticColumn("least", .min),
                StatisticColumn("p95", .quantile(millionths: 950_000)), StatisticColumn("greatest", .max),
            ])
        DerivedColumn.mean("mean", of: "used_sum")
    }

    private static let network = ViewDefinition("network_traffic") {
        SignalFilter("system.network")
        Dimension("component", name: "host")
        Dimension("interface")
        Measure.sum("received_bytes", of: "received_bytes")
        Measure.sum("sent_bytes", of: "sent_bytes")
        Measure.sum("errors", of: "errors")
        DerivedColumn.ratePerSecond("received_per_second", of: "received_bytes")
        DerivedColumn.ratePerSecond("sent_per_second", of: "sent_bytes")
    }

    private static let metrics = ViewDefinition("metrics") {
        SignalFilter("metric.sample")
        Dimension("metric_type")
        Dimension("source")
        Measure.sum("value_sum", of: "value")
        Measure.last("latest", of: "value")
        Measure.quantiles(
            of: "value",
            [
                StatisticColumn("samples", .count), StatisticColumn("least", .min),
                StatisticColumn("p50", .quantile(millionths: 500_000)), StatisticColumn("p95", .quantile(millionths: 950_000)),
                StatisticColumn("greatest", .max),
            ])
        DerivedColumn.mean("mean", of: "value_sum")
    }

    private static let thresholds = ViewDefinition("thresholds") {
        SignalFilter("threshold.changed")
        Buckets(.day, .all)
        Dimension("metric_type")
        Measure.count("changes")
        Measure.last("warning", of: "warning_threshold")
        Measure.last("critical", of: "critical_threshold")
        Measure.last("for_s", of: "for_s")
        Measure.last("enabled", of: "enabled")
        Measure.last("updated_by", of: "updated_by")
    }

    private static let alerts = ViewDefinition("alerts") {
        SignalFilter("alert.triggered", "alert.resolved")
        Dimension("rule")
        Dimension("severity")
        Measure.count("triggered", when: .signal("alert.triggered"))
        Measure.count("resolved", when: .signal("alert.resolved"))
        Measure.spread(of: "open_s", suffix: "_s")
    }
}
