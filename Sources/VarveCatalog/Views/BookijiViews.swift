import VarveEvents
import VarveProjections

// Bookiji's derived metrics (B13–B17, B23, B32, B34–B41), except rollback_rate and retry_success, which are in
// `BuiltInViews.swift`.

extension Catalog {
    static let bookijiViews: [CatalogView] = [
        CatalogView(
            .bookiji, "how long users waited for optimistic actions to finish, and the share that was too slow",
            ["B17", "B28", "B32"],
            bounds: ["slow_share": MetricBounds(alert: .above(Numbers.Resilience.slowShare))], userLatency),
        CatalogView(
            .bookiji,
            "errors caught by a boundary and their recovery: the literal formula, and formulas with matching units (D5)",
            ["B15", "B27", "B31", "B39", "D5"],
            bounds: ["error_recovery": recovery, "session_recovery": recovery, "event_recovery": recovery], errorRecovery),
        CatalogView(
            .bookiji, "suppressed duplicate clicks; those that were not suppressed are in duplicate_clicks (D4)", ["B16"],
            suppressedClicks),
        CatalogView(
            .bookiji, "the share of interactions that met their time targets", ["B34", "B35", "B36", "B37"],
            resilienceTargets),
        CatalogView(
            .bookiji, "of everything that finished and could fail, the share that succeeded (D12)", ["B41", "D12"],
            bounds: ["resilience": MetricBounds(healthy: .atLeast(Numbers.Resilience.overall))], resilience),
        CatalogView(
            .bookiji, "the number of attempts per retry sequence, and the waiting time", ["B3", "D6"],
            units: ["attempts_per_chain": .count],
            retryEffort),
        CatalogView(.bookiji, "reasons for rollbacks", ["B2", "B13"], rollbackReasons),
        CatalogView(.bookiji, "resilience events by component and signal", ["B18", "B19", "B23"], resilienceActivity),
    ]

    private static let recovery = MetricBounds(
        healthy: .above(Numbers.Resilience.recoveryHealthy), alert: .below(Numbers.Resilience.recoveryAlert))

    private static let userLatency = ViewDefinition("user_latency") {
        SignalFilter("optimistic_action.success", "optimistic_action.rollback")
        Dimension("component")
        Measure.count("timed", when: .exists(Field("duration_ms")))
        Measure.count("slow", when: .over("duration_ms", Numbers.Resilience.slow))
        Measure.spread(of: "duration_ms")
        DerivedColumn.ratio("slow_share", of: "slow", over: "timed")
    }

    private static let errorRecovery = ViewDefinition("error_recovery") {
        SignalFilter("error_boundary.triggered", "error_boundary.recovered")
        Dimension("component")
        Measure.count("triggers", when: .signal("error_boundary.triggered"))
        Measure.count("recoveries", when: .signal("error_boundary.recovered"))
        Measure.distinct("triggered_sessions", of: "session", when: .signal("error_boundary.triggered"))
        Measure.distinct("recovered_sessions", of: "session", when: .signal("error_boundary.recovered"))
        Measure.spread(of: "recovery_time_ms")
        DerivedColumn.ratio("error_recovery", of: "recovered_sessions", over: "triggers")
        DerivedColumn.ratio("session_recovery", of: "recovered_sessions", over: "triggered_sessions")
        DerivedColumn.ratio("event_recovery", of: "recoveries", over: "triggers")
    }

    private static let suppressedClicks = ViewDefinition("suppressed_clicks") {
        SignalFilter("debounced_click.suppressed")
        Dimension("component")
        Dimension("suppression_reason", name: "reason")
        Measure.count("suppressed")
    }

    private static let resilienceTargets = ViewDefinition("resilience_targets") {
        SignalFilter(
            "optimistic_action.start", "optimistic_action.rollback", "error_boundary.recovered", "loading_skeleton.hidden")
        Dimension("component")
        Measure.count("ui_timed", when: .all([.signal("optimistic_action.start"), .exists(Field("duration_ms"))]))
        Measure.count(
            "ui_in_time",
            when: .all([.signal("optimistic_action.start"), .below("duration_ms", Numbers.Resilience.optimisticUI)]))
        Measure.count("rollbacks_timed", when: .all([.signal("optimistic_action.rollback"), .exists(Field("rollback_ms"))]))
        Measure.count(
            "rollbacks_in_time",
            when: .all([.signal("optimistic_action.rollback"), .below("rollback_ms", Numbers.Resilience.rollback)]))
        Measure.count("boundaries_timed", when: .all([.signal("error_boundary.recovered"), .exists(Field("recovery_time_ms"))]))
        Measure.count(
            "boundaries_in_time",
            when: .all([.signal("error_boundary.recovered"), .below("recovery_time_ms", Numbers.Resilience.boundary)]))
        Measure.count("skeletons_timed", when: .all([.signal("loading_skeleton.hidden"), .exists(Field("duration_ms"))]))
        Measure.count(
            "skeletons_in_time",
            when: .all([.signal("loading_skeleton.hidden"), .below("duration_ms", Numbers.Resilience.skeleton)]))
        DerivedColumn.ratio("ui_share", of: "ui_in_time", over: "ui_timed")
        DerivedColumn.ratio("rollback_share", of: "rollbacks_in_time", over: "rollbacks_timed")
        DerivedColumn.ratio("boundary_share", of: "boundaries_in_time", over: "boundaries_timed")
        DerivedColumn.ratio("skeleton_share", of: "skeletons_in_time", over: "skeletons_timed")
    }

    private static let resilience = ViewDefinition("resilience") {
        SignalFilter(
            "optimistic_action.success", "optimistic_action.rollback", "retry.success", "retry.failure",
            "error_boundary.triggered",
            "error_boundary.recovered")
        Measure.count("confirmed", when: .signal("optimistic_action.success"))
        Measure.count("rollbacks", when: .signal("optimistic_action.rollback"))
        Measure.count("retries_won", when: .signal("retry.success"))
        Measure.count("retries_lost", when: .signal("retry.failure"))
        Measure.count("triggers", when: .signal("error_boundary.triggered"))
        Measure.count("recoveries", when: .signal("error_boundary.recovered"))
        DerivedColumn.ratio(
            "resilience", of: "confirmed", "retries_won", "recoveries", over: "confirmed", "rollbacks", "retries_won",
            "retries_lost",
            "triggers")
    }

    private static let retryEffort = ViewDefinition("retry_effort") {
        SignalFilter("retry.attempt", "retry.success", "retry.failure")
        Dimension("api_endpoint")
        Measure.count("attempts", when: .signal("retry.attempt"))
        Measure.count("ended", when: .signal("retry.success", "retry.failure"))
        Measure.count("successes", when: .signal("retry.success"))
        Measure.sum("backoff_sum_ms", of: "backoff_ms")
        Measure.spread(of: "total_duration_ms")
        DerivedColumn.ratio("attempts_per_chain", of: "attempts", over: "ended")
        DerivedColumn.ratio("success_per_attempt", of: "successes", over: "attempts")
        DerivedColumn.mean("backoff_ms", of: "backoff_sum_ms")
    }

    private static let rollbackReasons = ViewDefinition("rollback_reasons") {
        SignalFilter("optimistic_action.rollback")
        Dimension("component")
        Dimension("rollback_reason", name: "reason")
        Measure.count("rollbacks")
    }

    private static let resilienceActivity = ViewDefinition("resilience_activity") {
        SignalFilter(prefixes: ["optimistic_action.", "retry.", "error_boundary.", "loading_skeleton.", "debounced_click."])
        Dimension("component")
        Dimension("signal")
        Measure.count("events")
    }
}
