public import VarveEvents
internal import VarveProjections

/// Who is told of which alert, by labels, severity and time of day; who is told when nobody takes it on; and which alerts keep
/// others quiet.
public struct AlertRouting: Hashable, Sendable {
    /// An alert of `target` is not told while one of `source` fires that has the same values of `equal`.
    public struct Inhibition: Hashable, Sendable {
        public var source: [FieldCondition]
        public var target: [FieldCondition]
        public var equal: [String]
    }

    /// Of what the tree comes to.
    public struct Decision: Hashable, Sendable {
        /// Each once, in order.
        public var channels: [String] = []
        /// Ascending by time.
        public var escalation: [EscalationStep] = []
    }

    public var routes: [AlertRoute] = []
    /// The zone of hours; nil for UTC.
    public var zone: String?
    public var inhibitions: [Inhibition] = []

    public init() {}

    /// Who is told of `alert` at `time`: the channels of its rule, and those of the routes that match. `steps` are of the rule.
    public func decision(_ alert: SaidChange, at time: Timestamp, _ steps: [EscalationStep] = []) -> Decision {
        var decision = Decision(channels: alert.channels, escalation: steps)
        walk(routes, alert, time, AlertRoute(), &decision)
        var seen: Set<String> = []
        decision.channels = decision.channels.filter { seen.insert($0).inserted }
        decision.escalation.sort { $0.after < $1.after }
        return decision
    }

    /// The first node that matches, and the next ones behind those that go on. Of a node whose own nodes match these count.
    private func walk(
        _ routes: [AlertRoute], _ alert: SaidChange, _ time: Timestamp, _ above: AlertRoute, _ decision: inout Decision
    ) {
        for route in routes where route.matches(alert, at: time, in: zone) {
            var own = route
            own.channels = route.channels ?? above.channels
            own.escalation = route.escalation ?? above.escalation
            if own.routes.contains(where: { $0.matches(alert, at: time, in: zone) }) {
                walk(own.routes, alert, time, own, &decision)
            } else {
                decision.channels += own.channels ?? []
                decision.escalation += own.escalation ?? []
            }
            if !route.goesOn { return }
        }
    }

    /// The alert that keeps `alert` quiet, of those that fire; nil where none does.
    func inhibitor(of alert: SaidChange, among firing: [SaidChange]) -> String? {
        for inhibition in inhibitions where Self.holds(inhibition.target, alert) {
            let source = firing.first { other in
                other.alertID != alert.alertID && Self.holds(inhibition.source, other)
                    && inhibition.equal.allSatisfy { other.field($0) == alert.field($0) }
            }
            if let source { return source.rule }
        }
        return nil
    }

    private static func holds(_ matchers: [FieldCondition], _ alert: SaidChange) -> Bool {
        matchers.allSatisfy { $0.holds(alert.field($0.name).map { .string($0) }) }
    }
}
