import VarveEvents
import VarveProjections

// Atomic Guide's worker, database and learning-tool metrics (A15–A28), and the mergeable parts of its dashboards (A45–A53).

extension Catalog {
    static let atomicRequestViews: [CatalogView] = [
        CatalogView(
            .atomic, "requests by endpoint: rate, times, status classes, memory; --by none for the whole",
            ["A15", "A16", "A17", "A18", "A45", "A46", "A47", "A53", "A55", "A56", "A68", "A69", "M20"],
            bounds: [
                "error_rate": MetricBounds(alert: .above(Numbers.Alerting.errorRate)),
                "p95_ms": MetricBounds(alert: .above(Numbers.Alerting.responseTime)),
                "max_memory_mb": MetricBounds(alert: .above(Numbers.Atomic.memory)),
            ], requests),
        CatalogView(.atomic, "requests by country and data centre", ["A19"], requestPlaces),
        CatalogView(
            .atomic, "database queries: count, duration, and how many were slow or failed", ["A20", "A21", "A57"],
            bounds: ["connection_errors": MetricBounds(alert: .above(Numbers.Alerting.connectionErrors))], databaseQueries),
        CatalogView(
            .atomic, "the cost of each query", ["A23", "A67"],
            bounds: ["max_ms": MetricBounds(alert: .above(Numbers.Atomic.slowQuery))], expensiveQueries),
        CatalogView(.atomic, "the size of the database, and its connections", ["A22", "C17"], databaseSize),
        CatalogView(.atomic, "launches of learning tools by platform and role", ["A24", "A25", "A46", "A51"], launches),
        CatalogView(.atomic, "deep links created and followed", ["A26"], deepLinks),
        CatalogView(.atomic, "requests for names and roles", ["A27"], namesAndRoles),
        CatalogView(.atomic, "grades sent to platforms", ["A28"], grades),
    ]

    private static let requests = ViewDefinition("requests") {
        SignalFilter("http.request")
        Dimension("method")
        Dimension("path")
        Measure.count("requests")
        Measure.count("status_2xx", when: .statusClass(2))
        Measure.count("status_3xx", when: .statusClass(3))
        Measure.count("status_4xx", when: .statusClass(4))
        Measure.count("status_5xx", when: .statusClass(5))
        Measure.spread(of: "duration_ms")
        Measure.sum("duration_sum_ms", of: "duration_ms")
        Measure.sum("cpu_sum_ms", of: "cpu_ms")
        Measure.max("max_memory_mb", of: "memory_mb")
        DerivedColumn.ratio("error_rate", of: "status_5xx", over: "requests")
        DerivedColumn.ratePerSecond("per_second", of: "requests")
        DerivedColumn.mean("mean_ms", of: "duration_sum_ms")
        DerivedColumn.mean("mean_cpu_ms", of: "cpu_sum_ms")
    }

    private static let requestPlaces = ViewDefinition("request_places") {
        SignalFilter("http.request")
        Dimension("country")
        Dimension("colo")
        Measure.count("requests")
    }

    private static let databaseQueries = ViewDefinition("database_queries") {
        SignalFilter("db.query")
        Dimension("type")
        Measure.count("queries")
        Measure.count("slow", when: .over("duration_ms", Numbers.Atomic.slowQuery))
        Measure.count("failed", when: .isFalse("success"))
        Measure.count("connection_errors", when: .equals("error", "connection"))
        Measure.count("timeouts", when: .equals("error", "timeout"))
        Measure.sum("duration_sum_ms", of: "duration_ms")
        Measure.spread(of: "duration_ms")
        DerivedColumn.mean("mean_ms", of: "duration_sum_ms")
        DerivedColumn.ratio("slow_share", of: "slow", over: "queries")
    }

    private static let expensiveQueries = ViewDefinition("expensive_queries") {
        SignalFilter("db.query")
        Dimension("query", .prefix(Int(Numbers.Atomic.queryText.value)))
        Measure.count("queries")
        Measure.sum("duration_sum_ms", of: "duration_ms")
        Measure.max("max_ms", of: "duration_ms")
        DerivedColumn.mean("mean_ms", of: "duration_sum_ms")
    }

    private static let databaseSize = ViewDefinition("database_size") {
        SignalFilter("db.sample")
        Measure.count("samples")
        Measure.last("total_rows", of: "total_rows")
        Measure.last("storage_mb", of: "storage_mb")
        Measure.last("connections", of: "connections")
        Measure.max("max_connections", of: "connections")
    }

    private static let launches = ViewDefinition("lti_launches") {
        SignalFilter("lti.launch")
        Dimension("platform_id")
        Dimension("user_role")
        Measure.count("launches")
        Measure.count("successes", when: .isTrue("success"))
        Measure.count("failures", when: .isFalse("success"))
        Measure.distinct("platforms", of: "platform_id")
        Measure.spread(of: "duration_ms")
        DerivedColumn.ratio("launch_success", of: "successes", over: "successes", "failures")
    }

    private static let deepLinks = ViewDefinition("deep_links") {
        SignalFilter("lti.deep_link.created", "lti.deep_link.used")
        Dimension("platform_id")
        Measure.count("created", when: .signal("lti.deep_link.created"))
        Measure.count("used", when: .signal("lti.deep_link.used"))
        Measure.count("used_well", when: .all([.signal("lti.deep_link.used"), .isTrue("success")]))
        DerivedColumn.ratio("deep_link_success", of: "used_well", over: "used")
    }

    private static let namesAndRoles = ViewDefinition("names_and_roles") {
        SignalFilter("lti.names_and_roles")
        Dimension("platform_id")
        Measure.count("requests")
        Measure.count("failures", when: .isFalse("success"))
        Measure.spread(of: "duration_ms")
    }

    private static let grades = ViewDefinition("grades") {
        SignalFilter("lti.grade")
        Dimension("platform_id")
        Measure.count("posted", when: .isTrue("success"))
        Measure.count("errors", when: .isFalse("success"))
        DerivedColumn.ratio("error_rate", of: "errors", over: "posted", "errors")
    }
}
