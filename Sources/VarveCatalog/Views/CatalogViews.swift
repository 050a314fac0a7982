internal import VarveEvents
public import VarveProjections

extension Catalog {
    /// Every built-in view, by system; the original ones first.
    public static let views: [CatalogView] =
        firstViews + bookijiViews + atomicRequestViews + atomicPageViews + atomicFeatureViews + flashfusionViews + chatbotViews
        + monitoringViews + protocolViews

    /// The views of one system, in order.
    public static func views(of system: CatalogSystem) -> [CatalogView] {
        views.filter { $0.system == system }
    }

    /// The built-in view `name`, if there is one.
    public static func view(_ name: String) -> CatalogView? {
        views.first { $0.name == name }
    }

    private static let firstViews: [CatalogView] = [
        CatalogView(
            .bookiji, "the share of optimistic actions that were rolled back", ["B13", "B18", "B19", "B25", "B29"],
            bounds: [
                "rollback_rate": MetricBounds(
                    healthy: .below(Numbers.Resilience.rollbackHealthy), alert: .above(Numbers.Resilience.rollbackAlert))
            ], .rollbackRate),
        CatalogView(
            .bookiji,
            "response times: every event with duration_ms, except assessment.completed, connection.closed and "
                + "video.transcribed", ["B17", "A16", "M20", "M31"], .latency),
        CatalogView(.monitoring, "the number of events, by signal", ["B18", "B19", "M34"], .volume),
        CatalogView(.atomic, "answered requests by method, path and status", ["A15", "A17", "A47", "A65"], .httpRequests),
        CatalogView(
            .bookiji, "the share of finished retries that succeeded (D6)", ["B14", "B26", "B30", "B40", "D6"],
            bounds: [
                "retry_success": MetricBounds(
                    healthy: .atLeast(Numbers.Resilience.retryHealthy), alert: .below(Numbers.Resilience.retryAlert))
            ], .retrySuccess),
        CatalogView(.chatbot, "distinct users by day", ["C5", "C6", "C37", "A50"], .activeUsers),
    ]
}

extension ViewDefinition {
    /// All views of the catalog, as selected by `--views all`.
    public static let catalog: [ViewDefinition] = Catalog.views.map(\.definition)
}

// Shorthands for the views' conditions.

extension Condition {
    static func equals(_ field: String, _ text: String) -> Condition { .compare(Field(field), .equal, .string(text)) }
    static func isTrue(_ field: String) -> Condition { .compare(Field(field), .equal, .bool(true)) }
    static func isFalse(_ field: String) -> Condition { .compare(Field(field), .equal, .bool(false)) }
    static func over(_ field: String, _ number: DefinedNumber) -> Condition {
        .compare(Field(field), .greater, .double(number.value))
    }
    static func below(_ field: String, _ number: DefinedNumber) -> Condition {
        .compare(Field(field), .less, .double(number.value))
    }
    static func upTo(_ field: String, _ number: DefinedNumber) -> Condition {
        .compare(Field(field), .lessOrEqual, .double(number.value))
    }

    /// HTTP statuses from `first` × 100 to below the next hundred.
    static func statusClass(_ first: Int64) -> Condition {
        .all([
            .compare(Field("status"), .greaterOrEqual, .int64(first * 100)),
            .compare(Field("status"), .less, .int64(first * 100 + 100)),
        ])
    }
}

extension Measure {
    /// p50, p95, p99 and the maximum of a number, named with `prefix` and `suffix`: `p95_ms`, `load_p95_ms`.
    static func spread(of field: String, prefix: String = "", suffix: String = "_ms", when condition: Condition? = nil) -> Measure
    {
        .quantiles(
            of: field, when: condition,
            [
                StatisticColumn("\(prefix)p50\(suffix)", .quantile(millionths: 500_000)),
                StatisticColumn("\(prefix)p95\(suffix)", .quantile(millionths: 950_000)),
                StatisticColumn("\(prefix)p99\(suffix)", .quantile(millionths: 990_000)),
                StatisticColumn("\(prefix)max\(suffix)", .max),
            ])
    }
}
