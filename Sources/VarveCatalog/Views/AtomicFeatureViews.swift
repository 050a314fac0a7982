import VarveEvents
import VarveProjections

// Views of features (A30–A32, A47, A52) and services (A33–A38, A45, A58). Chat is among the chatbot's views.

extension Catalog {
    static let atomicFeatureViews: [CatalogView] = [
        CatalogView(.atomic, "use of each feature, by signal", ["A47", "A50", "A52"], featureUsage),
        CatalogView(.atomic, "videos uploaded and transcribed", ["A30"], videos),
        CatalogView(.atomic, "questions looked up and answered", ["A31"], faq),
        CatalogView(.atomic, "assessments started and finished", ["A32"], assessments),
        CatalogView(
            .atomic, "health checks of services; the share of healthy ones is the uptime (D12)",
            ["A33", "A34", "A35", "A45", "A53", "C32", "D12"], healthChecks),
        CatalogView(.atomic, "pages fetched from outside", ["A37", "A38"], syntheticChecks),
        CatalogView(
            .atomic, "waiting messages", ["A58"],
            bounds: ["depth": MetricBounds(alert: .above(Numbers.Alerting.queueBacklog))], queues),
    ]

    private static let featureUsage = ViewDefinition("feature_usage") {
        SignalFilter(
            "chat.message", "video.uploaded", "video.transcribed", "faq.query", "assessment.created", "assessment.completed",
            "lti.launch", "lti.deep_link.created", "lti.deep_link.used", "lti.grade")
        Dimension("signal", name: "feature")
        Measure.count("uses")
        Measure.distinct("users", of: "user")
    }

    private static let videos = ViewDefinition("videos") {
        SignalFilter("video.uploaded", "video.transcribed")
        Measure.count("uploaded", when: .signal("video.uploaded"))
        Measure.count("transcribed", when: .signal("video.transcribed"))
        Measure.sum("processing_sum_ms", of: "duration_ms", when: .signal("video.transcribed"))
        DerivedColumn.mean("processing_ms", of: "processing_sum_ms")
    }

    private static let faq = ViewDefinition("faq") {
        SignalFilter("faq.query")
        Measure.count("queries")
        Measure.count("hits", when: .isTrue("hit"))
        Measure.sum("duration_sum_ms", of: "duration_ms")
        DerivedColumn.ratio("hit_rate", of: "hits", over: "queries")
        DerivedColumn.mean("mean_ms", of: "duration_sum_ms")
    }

    private static let assessments = ViewDefinition("assessments") {
        SignalFilter("assessment.created", "assessment.completed")
        Measure.count("created", when: .signal("assessment.created"))
        Measure.count("completed", when: .signal("assessment.completed"))
        Measure.sum("duration_sum_ms", of: "duration_ms", when: .signal("assessment.completed"))
        DerivedColumn.mean("completion_ms", of: "duration_sum_ms")
    }

    private static let healthChecks = ViewDefinition("health_checks") {
        SignalFilter("health.check")
        Dimension("service")
        Measure.count("checks")
        Measure.count("healthy", when: .equals("status", "healthy"))
        Measure.last("status", of: "status")
        Measure.last("version", of: "version")
        Measure.spread(of: "latency_ms")
        DerivedColumn.ratio("uptime", of: "healthy", over: "checks")
    }

    private static let syntheticChecks = ViewDefinition("synthetic_checks") {
        SignalFilter("synthetic.check")
        Dimension("check")
        Measure.count("checks")
        Measure.count("passed", when: .equals("status", "pass"))
        Measure.last("status", of: "status")
        Measure.spread(of: "duration_ms")
        DerivedColumn.ratio("pass_rate", of: "passed", over: "checks")
    }

    private static let queues = ViewDefinition("queues") {
        SignalFilter("queue.depth")
        Dimension("queue")
        Measure.count("samples")
        Measure.last("depth", of: "depth")
        Measure.max("max_depth", of: "depth")
    }
}
