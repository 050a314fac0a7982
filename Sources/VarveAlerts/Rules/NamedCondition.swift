internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections

/// A condition that the documents call by a word: `error_rate`.
struct NamedCondition {
    var name: String
    var view: String
    var column: String
    var comparison: RuleComparison
    var by: [String] = []
    var filters: [FieldCondition] = []

    /// The documents' words, and those of their settings.
    static let all: [NamedCondition] = [
        NamedCondition(name: "error_rate", view: "requests", column: "error_rate", comparison: .greater),
        NamedCondition(name: "p95_response_time", view: "requests", column: "p95_ms", comparison: .greater),
        NamedCondition(
            name: "db_connection_errors", view: "database_queries", column: "connection_errors", comparison: .greater),
        NamedCondition(name: "queue_backlog", view: "queues", column: "depth", comparison: .greater, by: ["queue"]),
        NamedCondition(
            name: "pod_success_rate", view: "pod_orders", column: "success_rate", comparison: .less, by: ["channel"]),
        NamedCondition(
            name: "integration_uptime", view: "integrations", column: "uptime", comparison: .less, by: ["channel_name"]),
        NamedCondition(
            name: "integration_response_time", view: "integrations", column: "p95_ms", comparison: .greater,
            by: ["channel_name"]),
        NamedCondition(
            name: "integration_error_rate", view: "integrations", column: "error_rate", comparison: .greater,
            by: ["channel_name"]),
        NamedCondition(name: "rollback_rate", view: "rollback_rate", column: "rollback_rate", comparison: .greater),
        NamedCondition(name: "retry_success", view: "retry_success", column: "retry_success", comparison: .less),
        NamedCondition(name: "error_recovery", view: "error_recovery", column: "error_recovery", comparison: .less),
        NamedCondition(name: "slow_share", view: "user_latency", column: "slow_share", comparison: .greater),
        machine("cpu"), machine("memory"), machine("disk"),
    ]

    static func named(_ name: String) -> NamedCondition? { all.first { $0.name == name } }

    private static func machine(_ resource: String) -> NamedCondition {
        NamedCondition(
            name: resource, view: "system_resources", column: "mean", comparison: .greater, by: ["host"],
            filters: [FieldCondition("resource", .equal, .text("system.\(resource)"))])
    }

    /// Any metric by its type: what `metric_type` means where no word of ours does.
    static func metric(_ type: String, _ comparison: RuleComparison) -> NamedCondition {
        NamedCondition(
            name: type, view: "metrics", column: "mean", comparison: comparison,
            filters: [FieldCondition("metric_type", .equal, .text(type))])
    }

    var source: RuleSource {
        var source = RuleSource(view: view, column: column)
        source.by = by
        source.filters = filters
        return source
    }
}
