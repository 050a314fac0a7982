// The original built-in views. Their names, and those of their columns, never change.

internal import VarveEvents
public import VarveProjections

extension ViewDefinition {
    /// The share of optimistic actions that were rolled back.
    public static let rollbackRate = ViewDefinition("rollback_rate") {
        SignalFilter("optimistic_action.start", "optimistic_action.rollback")
        Dimension("component")
        Measure.count("started", when: .signal("optimistic_action.start"))
        Measure.count("rollbacks", when: .signal("optimistic_action.rollback"))
        DerivedColumn.ratio("rollback_rate", of: "rollbacks", over: "started")
    }

    /// Signals whose `duration_ms` is the time users spent on something, or the duration of a long job, and not a response
    /// time.
    static let excludedFromLatency = ["assessment.completed", "connection.closed", "video.transcribed"]

    /// Response times: every event with `duration_ms`, except signals in `excludedFromLatency`.
    public static let latency = ViewDefinition("latency", version: 2, continues: 1) {
        Condition.not(.isIn(.signal, excludedFromLatency.map { .string($0) }))
        Dimension("component")
        Dimension("signal")
        Measure.quantiles(
            of: "duration_ms",
            [
                StatisticColumn("count", .count),
                StatisticColumn("p50_ms", .quantile(millionths: 500_000)),
                StatisticColumn("p95_ms", .quantile(millionths: 950_000)),
                StatisticColumn("p99_ms", .quantile(millionths: 990_000)),
                StatisticColumn("max_ms", .max),
            ])
    }

    /// The number of events per signal.
    public static let volume = ViewDefinition("volume") {
        Dimension("signal")
        Measure.count("events")
    }

    /// Access logs.
    public static let httpRequests = ViewDefinition("http_requests") {
        SignalFilter("http.request")
        Dimension("method")
        Dimension("path")
        Dimension("status")
        Measure.count("requests")
        Measure.sum("bytes", of: "bytes")
    }

    /// The share of finished retries that succeeded (decision D6).
    public static let retrySuccess = ViewDefinition("retry_success") {
        SignalFilter("retry.attempt", "retry.success", "retry.failure")
        Dimension("api_endpoint")
        Measure.count("attempts", when: .signal("retry.attempt"))
        Measure.count("successes", when: .signal("retry.success"))
        Measure.count("failures", when: .signal("retry.failure"))
        DerivedColumn.ratio("retry_success", of: "successes", over: "successes", "failures")
    }

    /// The number of distinct users. Stored by day: a user seen in two hours counts once.
    public static let activeUsers = ViewDefinition("active_users") {
        Buckets(.day, .all)
        Measure.distinct("users", of: "user")
    }

    /// All of them, in listing order.
    public static let builtIn = [rollbackRate, latency, volume, httpRequests, retrySuccess, activeUsers]
}
