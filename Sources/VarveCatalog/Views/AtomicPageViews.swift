import VarveEvents
import VarveProjections

// Browser reports, and errors from all sources (A6–A11, A47, A65).

extension Catalog {
    static let atomicPageViews: [CatalogView] = [
        CatalogView(.atomic, "page experience: p75, and the shares of good and poor values (D10)", ["A6", "D10"], vitals),
        CatalogView(.atomic, "page load times, by phase", ["A6", "A7"], pageLoads),
        CatalogView(.atomic, "resources loaded by pages, by kind", ["A8"], pageResources),
        CatalogView(.atomic, "how often and how long pages are blocked", ["A8"], longTasks),
        CatalogView(
            .atomic, "errors of scripts, logs and requests: count, distinct errors, most frequent errors",
            ["A9", "A10", "A47", "A65"], errors),
        CatalogView(.atomic, "log lines by level and feature", ["A11"], logEntries),
    ]

    private static let vitals = ViewDefinition("web_vitals") {
        SignalFilter("rum.vital")
        Dimension("name")
        Measure.count("samples")
        Measure.count(
            "good", when: .any(Numbers.Vitals.limits.map { .all([.equals("name", $0.name), .upTo("value", $0.good)]) }))
        Measure.count(
            "poor", when: .any(Numbers.Vitals.limits.map { .all([.equals("name", $0.name), .over("value", $0.poor)]) }))
        Measure.quantiles(
            of: "value",
            [StatisticColumn("p50", .quantile(millionths: 500_000)), StatisticColumn("p75", .quantile(millionths: 750_000))])
        DerivedColumn.ratio("good_share", of: "good", over: "samples")
        DerivedColumn.ratio("poor_share", of: "poor", over: "samples")
    }

    private static let pageLoads = ViewDefinition("page_loads") {
        SignalFilter("rum.page_load")
        Dimension("url")
        Measure.count("loads")
        Measure.spread(of: "load_ms")
        Measure.sum("dns_sum_ms", of: "dns_ms")
        Measure.sum("tcp_sum_ms", of: "tcp_ms")
        Measure.sum("ssl_sum_ms", of: "ssl_ms")
        Measure.sum("ttfb_sum_ms", of: "ttfb_ms")
        Measure.sum("download_sum_ms", of: "download_ms")
        Measure.sum("dom_sum_ms", of: "dom_ms")
        DerivedColumn.mean("dns_ms", of: "dns_sum_ms")
        DerivedColumn.mean("tcp_ms", of: "tcp_sum_ms")
        DerivedColumn.mean("ssl_ms", of: "ssl_sum_ms")
        DerivedColumn.mean("ttfb_ms", of: "ttfb_sum_ms")
        DerivedColumn.mean("download_ms", of: "download_sum_ms")
        DerivedColumn.mean("dom_ms", of: "dom_sum_ms")
    }

    private static let pageResources = ViewDefinition("page_resources") {
        SignalFilter("rum.resource")
        Dimension("initiator")
        Measure.count("resources")
        Measure.sum("bytes", of: "bytes")
        Measure.spread(of: "duration_ms")
    }

    private static let longTasks = ViewDefinition("long_tasks") {
        SignalFilter("rum.long_task")
        Dimension("url")
        Measure.count("tasks")
        Measure.sum("busy_ms", of: "duration_ms")
        Measure.max("max_ms", of: "duration_ms")
    }

    private static let errors = ViewDefinition("errors") {
        SignalFilter("js.error", "js.unhandled_rejection", "log.entry", "http.request")
        Condition.any([
            .signal("js.error", "js.unhandled_rejection"), .all([.signal("log.entry"), .equals("level", "error")]),
            .all([.signal("http.request"), .statusClass(5)]),
        ])
        Dimension("signal")
        Measure.count("errors")
        Measure.distinct("messages", of: "message")
        Measure.topK("top_messages", of: "message", 10)
        Measure.topK("top_paths", of: "path", 10)
        Measure.topK("top_status", of: "status", 10)
    }

    private static let logEntries = ViewDefinition("log_entries") {
        SignalFilter("log.entry")
        Dimension("level")
        Dimension("feature")
        Measure.count("entries")
    }
}
