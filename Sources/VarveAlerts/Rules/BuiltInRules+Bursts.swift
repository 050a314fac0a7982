internal import VarveEvents
internal import VarveProjections

// The documents' rules wait: for five minutes, or until a quarter of an hour is bad on average. What is much worse than they
// allow is to be known within five minutes (M13). So each of them has a rule that looks at the last three minutes, and fires
// where what is bad is twice as much as the document's rule allows.
extension BuiltInRules {
    /// `burst.RULE`, one for each rule of the documents that takes longer than five minutes to fire.
    static let bursts: [AlertRule] = [
        ("high_error_rate", "requests"), ("high_response_time", "requests"), ("queue_backlog", nil),
        ("high_rollback_rate", "started"),
        ("low_retry_success", "attempts"), ("low_error_recovery", "triggers"), ("slow_actions", "timed"),
    ].compactMap { id, counted in
        documents.first { $0.id == id }.flatMap { burst(of: $0, counted: counted) }
    }

    /// Fewer events in three minutes are no outage.
    private static let eventsLeast: Int64 = 20

    private static func burst(of rule: AlertRule, counted: String?) -> AlertRule? {
        guard case .number(let comparison, let threshold) = rule.test else { return nil }
        var burst = rule
        burst.id = "burst.\(rule.id)"
        burst.name = "\(rule.name), Burst"
        // Of a share of what is well, the share of what is not.
        let isShareOfWell = comparison == .less || comparison == .lessOrEqual
        let doubled = isShareOfWell ? max(0, 1 - 2 * (1 - threshold)) : 2 * threshold
        burst.test = .number(comparison, (doubled * 1e6).rounded() / 1e6)
        burst.hold = 0
        burst.severity = max(rule.severity, .warning)
        burst.source.window = 3
        guard let counted else { return burst }
        burst.source.minCount = eventsLeast
        burst.source.countColumn = counted
        burst.noData = .resolve
        return burst
    }
}
