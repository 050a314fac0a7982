internal import VarveEvents
public import VarveProjections

extension Catalog {
    /// Every built-in view, by system; first those whose names were there first.
    public static let views: [CatalogView] =
        firstViews + bookijiViews + atomicRequestViews + atomicPageViews + atomicFeatureViews + flashfusionViews + chatbotViews
        + monitoringViews + protocolViews

    /// The views of one system, in order.
    public static func views(of system: CatalogSystem) -> [CatalogView] {
        views.filter { $0.system == system }
    }

    /// The view `name`, if it is built in.
    public static func view(_ name: String) -> CatalogView? {
        views.first { $0.name == name }
    }

    private static let firstViews: [CatalogView] = [
        CatalogView(
            .bookiji, "how many optimistic actions were taken back", ["B13", "B18", "B19", "B25", "B29"],
            bounds: [
                "rollback_rate": MetricBounds(
                    healthy: .below(Numbers.Resilience.rollbackHealthy), alert: .above(Numbers.Resilience.rollbackAlert))
            ], .rollbackRate),
        CatalogView(
            .bookiji,
            "how long one waited: every event with duration_ms, but for assessment.completed, connection.closed and "
                + "video.transcribed", ["B17", "A16", "M20", "M31"], .latency),
        CatalogView(.monitoring, "how much happens, by signal", ["B18", "B19", "M34"], .volume),
        CatalogView(.atomic, "answered requests by method, path and status", ["A15", "A17", "A47", "A65"], .httpRequests),
        CatalogView(
            .bookiji, "how many retries end well: successes among those that ended (D6)", ["B14", "B26", "B30", "B40", "D6"],
            bounds: [
                "retry_success": MetricBounds(
                    healthy: .atLeast(Numbers.Resilience.retryHealthy), alert: .below(Numbers.Resilience.retryAlert))
            ], .retrySuccess),
        CatalogView(.chatbot, "different users by the day", ["C5", "C6", "C37", "A50"], .activeUsers),
    ]
}

extension ViewDefinition {
    /// All views of the catalog: what `--views all` means.
    public static let catalog: [ViewDefinition] = Catalog.views.map(\.definition)
}

// Conditions as the views write them.

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

    /// An HTTP status from `first` × 100 up to the next hundred.
    static func statusClass(_ first: Int64) -> Condition {
        .all([
            .compare(Field("status"), .greaterOrEqual, .int64(first * 100)),
            .compare(Field("status"), .less, .int64(first * 100 + 100)),
        ])
    }
}

extension Measure {
    /// p50, p95, p99 and the greatest of a number, with `prefix` and `suffix` around: `p95_ms`, `load_p95_ms`.
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
