public import VarveEvents
internal import VarveProjections
internal import VarveWire

/// How an alert is now, as commands and the server show it.
public struct AlertStatus: Hashable, Sendable {
    public enum State: String, CaseIterable, Sendable {
        case inactive, pending, firing
        case noData = "no_data"
        case muted
    }

    public var id: String
    public var rule: String
    public var labels: AlertLabels
    public var severity: AlertSeverity
    public var state: State
    /// Since when the state is what it is; nil of a rule that has said nothing.
    public var since: Timestamp?
    public var value: Double?
    public var threshold: Double?
    /// Events below were known to the evaluation that said so.
    public var offset: Offset?
    public var acknowledgedBy: String?
    public var silence: String?

    public var json: String {
        var line = JSONLine()
        line.field("id", id)
        line.field("rule", rule)
        line.field("labels", json: labels.json)
        line.field("severity", severity.rawValue)
        line.field("state", state.rawValue)
        line.field("since", since?.text)
        line.field("value", value)
        line.field("threshold", threshold)
        line.field("offset", offset?.value)
        line.field("acknowledged_by", acknowledgedBy)
        line.field("silence", silence)
        return line.text
    }
}

extension AlertHistory {
    /// Every enabled rule's alerts at `time`, and one inactive one for a rule that has none.
    public func statuses(of rules: [AlertRule], at time: Timestamp) -> [AlertStatus] {
        var all: [AlertStatus] = []
        let byRule = Dictionary(grouping: said.values.compactMap(\.last), by: \.rule)
        for rule in rules where rule.isEnabled {
            var own = (byRule[rule.id] ?? []).filter { Self.phase($0.change) != nil }.map { status($0, at: time) }
            own.sort { $0.labels < $1.labels }
            if own.isEmpty {
                own = [
                    AlertStatus(
                        id: AlertLabels().alertID(of: rule.id), rule: rule.id, labels: AlertLabels(), severity: rule.severity,
                        state: .inactive, threshold: rule.test.threshold)
                ]
            }
            all += own
        }
        return all
    }

    private func status(_ last: SaidChange, at time: Timestamp) -> AlertStatus {
        let change = last.change
        let silence = silence(
            id: last.alertID, rule: last.rule, severity: last.severity, labels: last.labels, at: time)
        let state: AlertStatus.State =
            switch change.kind {
            case .pending: .pending
            case .noData: .noData
            case .firing, .dataBack: silence == nil ? .firing : .muted
            case .cancelled, .resolved: .inactive
            }
        return AlertStatus(
            id: last.alertID, rule: last.rule, labels: last.labels, severity: last.severity, state: state,
            since: change.kind == .dataBack ? change.firingAt ?? change.at : change.at, value: change.value,
            threshold: change.threshold, offset: last.offset, acknowledgedBy: acknowledged[last.alertID]?.by,
            silence: silence?.id)
    }
}
