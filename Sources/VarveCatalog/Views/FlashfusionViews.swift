import VarveEvents
import VarveProjections

// FlashFusion's mergeable derived metrics (F3, F4, F12–F16). Intervals between batches (F2), and the states of debt, incidents
// and gaps, depend on the order of events and are sequential projections.

extension Catalog {
    static let flashfusionViews: [CatalogView] = [
        CatalogView(.flashfusion, "the actions of each creator, by hour", ["F2", "F3", "F17"], creators),
        CatalogView(.flashfusion, "creators and actions by time zone", ["F4", "F17"], creatorZones),
        CatalogView(
            .flashfusion, "creators by time zone and hour of the week, in UTC: the active hours of each zone",
            ["F4", "F17"], creatorHours),
        CatalogView(
            .flashfusion, "orders of each print channel, as last reported", ["F5", "F12", "F37"],
            bounds: [
                "success_rate": MetricBounds(
                    healthy: .atLeast(Numbers.Flashfusion.podSuccess), alert: .below(Numbers.Flashfusion.podSuccess))
            ],
            orders),
        CatalogView(
            .flashfusion, "connected services: latest report, and the share of healthy reports",
            ["F6", "F13", "F38", "F39", "F40"],
            bounds: [
                "uptime": MetricBounds(
                    healthy: .atLeast(Numbers.Flashfusion.integrationUptime), alert: .below(Numbers.Flashfusion.integrationUptime)
                ),
                "error_rate": MetricBounds(
                    healthy: .atMost(Numbers.Flashfusion.errorRate), alert: .above(Numbers.Flashfusion.errorRate)),
                "p95_ms": MetricBounds(
                    healthy: .atMost(Numbers.Flashfusion.responseTime), alert: .above(Numbers.Flashfusion.responseTime)),
            ], integrations),
        CatalogView(.flashfusion, "tech debt found, and its estimated effort", ["F14"], debtFound),
        CatalogView(.flashfusion, "opened incidents by title: repeated titles are recurrences", ["F15"], incidentsOpened),
        CatalogView(.flashfusion, "how close each resource is to its limit", ["F9", "F16"], scalability),
        CatalogView(.flashfusion, "gaps found in the documentation", ["F10", "F11"], gapsFound),
    ]

    private static let creators = ViewDefinition("creator_actions") {
        SignalFilter("creator.action")
        Dimension("user")
        Dimension("action")
        Measure.count("actions")
        Measure.sum("items", of: "items")
        Measure.max("largest_batch", of: "items")
        DerivedColumn.mean("batch_size", of: "items")
    }

    private static let creatorZones = ViewDefinition("creator_zones") {
        SignalFilter("creator.action")
        Dimension("timezone")
        Measure.count("actions")
        Measure.distinct("creators", of: "user")
    }

    private static let creatorHours = ViewDefinition("creator_hours") {
        SignalFilter("creator.action")
        Buckets(.day, .all)
        Dimension("timezone")
        Dimension.hourOfWeek()
        Measure.count("actions")
        Measure.distinct("creators", of: "user")
    }

    private static let orders = ViewDefinition("pod_orders") {
        SignalFilter("pod.result")
        Dimension("channel")
        Measure.count("reports")
        Measure.last("total_orders", of: "total_orders")
        Measure.last("successful_orders", of: "successful_orders")
        Measure.last("failed_orders", of: "failed_orders")
        Measure.last("processing_s", of: "processing_s")
        DerivedColumn.ratio("success_rate", of: "successful_orders", over: "total_orders")
    }

    private static let integrations = ViewDefinition("integrations") {
        SignalFilter("integration.health")
        Dimension("channel_name")
        Measure.count("reports")
        Measure.count("healthy", when: .equals("status", "healthy"))
        Measure.count("degraded", when: .equals("status", "degraded"))
        Measure.count("failed", when: .equals("status", "failed"))
        Measure.last("status", of: "status")
        Measure.last("uptime", of: "uptime")
        Measure.last("error_rate", of: "error_rate")
        Measure.last("failure_count", of: "failure_count")
        Measure.spread(of: "response_time_ms")
        DerivedColumn.ratio("healthy_share", of: "healthy", over: "reports")
    }

    private static let debtFound = ViewDefinition("tech_debt_found") {
        SignalFilter("tech_debt.added")
        Dimension("severity")
        Dimension("category")
        Measure.count("found")
        Measure.sum("effort_h", of: "effort_h")
    }

    private static let incidentsOpened = ViewDefinition("incidents_opened") {
        SignalFilter("incident.opened")
        Dimension("severity")
        Dimension("title")
        Measure.count("opened")
    }

    private static let scalability = ViewDefinition("scalability") {
        SignalFilter("scalability.sample")
        Dimension("resource")
        Measure.count("samples")
        Measure.count("warnings", when: .equals("status", "warning"))
        Measure.count("criticals", when: .equals("status", "critical"))
        Measure.last("status", of: "status")
        Measure.last("value", of: "value")
        Measure.last("threshold", of: "threshold")
        Measure.max("max_value", of: "value")
    }

    private static let gapsFound = ViewDefinition("documentation_gaps_found") {
        SignalFilter("documentation_gap.added")
        Dimension("area")
        Dimension("priority")
        Measure.count("found")
    }
}
