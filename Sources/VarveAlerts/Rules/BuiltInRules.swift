internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections

/// The rules of the five documents (A55–A58, F37–F40, B29–B32, B41), those that find the same sooner where it is worse, and one
/// for every bound of a view. All are off until somebody enables them.
public enum BuiltInRules {
    /// All of them; each id once.
    public static let all: [AlertRule] = (documents + bursts + bounds).map { rule in
        var rule = rule
        rule.isEnabled = false
        rule.playbook = "docs/playbooks/\(page(rule)).md"
        return rule
    }

    /// The rules that the documents name.
    public static let documents: [AlertRule] = atomic + flashfusion + bookiji

    private static func page(_ rule: AlertRule) -> String {
        if rule.id.hasPrefix("bound.") { return "bounds" }
        return rule.id.hasPrefix("burst.") ? String(rule.id.dropFirst("burst.".count)) : rule.id
    }

    private static func rule(
        _ id: String, _ name: String, _ severity: AlertSeverity, _ condition: String, _ limit: DefinedNumber,
        hold: DefinedNumber? = nil, channels: [String] = []
    ) -> AlertRule {
        guard let named = NamedCondition.named(condition) else { preconditionFailure("there is no condition \(condition)") }
        var rule = AlertRule(
            id: id, name: name, severity: severity, source: named.source, test: .number(named.comparison, limit.value))
        if let hold { rule.hold = Int64(hold.value) * 1_000_000_000 }
        rule.channels = channels
        return rule
    }

    private static let atomic: [AlertRule] = [
        rule(
            "high_error_rate", "High Error Rate", .critical, "error_rate", Numbers.Alerting.errorRate,
            hold: Numbers.Alerting.errorRateFor, channels: ["email", "slack", "pagerduty"]),
        rule(
            "high_response_time", "High Response Time", .warning, "p95_response_time", Numbers.Alerting.responseTime,
            hold: Numbers.Alerting.responseTimeFor, channels: ["slack"]),
        rule(
            "database_connection_errors", "Database Connection Issues", .critical, "db_connection_errors",
            Numbers.Alerting.connectionErrors, hold: Numbers.Alerting.connectionErrorsFor,
            channels: ["email", "slack", "pagerduty"]),
        rule(
            "queue_backlog", "Queue Backlog Too Large", .warning, "queue_backlog", Numbers.Alerting.queueBacklog,
            hold: Numbers.Alerting.queueBacklogFor, channels: ["slack"]),
    ]

    private static let flashfusion: [AlertRule] = [
        rule(
            "pod_success_rate", "POD success below threshold", .warning, "pod_success_rate", Numbers.Flashfusion.podSuccess,
            channels: ["console"]),
        rule(
            "integration_uptime", "Integration uptime below threshold", .warning, "integration_uptime",
            Numbers.Flashfusion.integrationUptime, channels: ["console"]),
        rule(
            "integration_response_time", "Integration response time above threshold", .warning, "integration_response_time",
            Numbers.Flashfusion.responseTime, channels: ["console"]),
        rule(
            "integration_error_rate", "Integration error rate above threshold", .warning, "integration_error_rate",
            Numbers.Flashfusion.errorRate, channels: ["console"]),
    ]

    /// Bookiji's document names no duration: its numbers are shares, taken over a quarter of an hour with enough events. Where
    /// there are fewer the share says nothing, and what fired is over: it would fire on through every quiet night.
    private static func share(_ rule: AlertRule, counted: String) -> AlertRule {
        var rule = rule
        rule.source.window = 15
        rule.source.minCount = 20
        rule.source.countColumn = counted
        rule.noData = .resolve
        rule.channels = ["slack", "email"]
        return rule
    }

    private static let bookiji: [AlertRule] = [
        share(
            rule("high_rollback_rate", "High Rollback Rate", .warning, "rollback_rate", Numbers.Resilience.rollbackAlert),
            counted: "started"),
        share(
            rule("low_retry_success", "Low Retry Success", .warning, "retry_success", Numbers.Resilience.retryAlert),
            counted: "attempts"),
        share(
            rule("low_error_recovery", "Low Error Recovery", .warning, "error_recovery", Numbers.Resilience.recoveryAlert),
            counted: "triggers"),
        share(
            rule("slow_actions", "Slow Actions", .warning, "slow_share", Numbers.Resilience.slowShare), counted: "timed"),
        resilienceBudget,
    ]

    /// B41 as a budget: two per cent of a month's budget in an hour, and it goes on.
    private static let resilienceBudget: AlertRule = {
        var source = RuleSource(view: "resilience", column: "resilience")
        source.minCount = 50
        source.countColumn = "confirmed"
        let burn = BudgetBurn(target: Numbers.Resilience.overall.value, isGood: true, long: 60, short: 5, factor: 14.4)
        var rule = AlertRule(
            id: "resilience_budget", name: "Resilience Budget Burns", severity: .critical, source: source, test: .burn(burn))
        rule.channels = ["slack", "email"]
        rule.noData = .resolve
        return rule
    }()

    /// One for each bound at which a view alerts and that no rule of the documents is about.
    private static let bounds: [AlertRule] = Catalog.views.flatMap { view in
        view.bounds.sorted { $0.key < $1.key }.compactMap { column, bounds -> AlertRule? in
            guard let bound = bounds.alert,
                !documents.contains(where: { $0.source.view == view.name && $0.source.column == column })
            else { return nil }
            var source = RuleSource(view: view.name, column: column)
            source.window = 15
            // A share of three events says nothing; a maximum of them does.
            let isShare = view.metrics.first { $0.column == column }?.unit == .fraction
            if isShare { source.minCount = 20 }
            var rule = AlertRule(
                id: "bound.\(view.name).\(column)", name: "\(view.name): \(column) \(bound)", severity: .warning, source: source,
                test: .number(bound.comparison, bound.number.value))
            rule.channels = ["slack"]
            if isShare { rule.noData = .resolve }
            return rule
        }
    }
}
