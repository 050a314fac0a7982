public import VarveEvents
internal import VarveProjections

extension AlertNotice {
    /// A message to try a channel with.
    public static func test(isResolved: Bool, dashboard: String?, at time: Timestamp) -> AlertNotice {
        var rule = AlertRule(
            id: "varve_test", name: "Test", severity: .info, source: RuleSource(view: "volume", column: "events"),
            test: .number(.greater, 0))
        rule.summary = "This is a test of the channel; nothing is wrong. The test's number"
        let change = AlertChange(
            kind: isResolved ? .resolved : .firing, at: time, value: 1, threshold: 0, pendingAt: time, firingAt: time, peak: 1)
        let output = AlertOutput(rule: rule, labels: AlertLabels(), change: change, kind: .new)
        let said = SaidChange(output, offset: Offset(0), viewVersion: 1, viewHash: nil)
        return AlertNotice(status: isResolved ? .resolved : .firing, alerts: [said], dashboard: dashboard)
    }
}
