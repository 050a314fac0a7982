internal import VarveAlerts
internal import VarveEvents

/// Rules, alerts and silences as a prefix of the log has them.
struct AlertsAt: Sendable {
    let history: AlertHistory
    /// As the files have them now, and as they were set by then.
    let rules: [AlertRule]
    /// What is wrong with files of rules.
    let problems: [String]
    /// The moment that silences are judged by.
    let time: Timestamp
    let statuses: [AlertStatus]

    init(history: AlertHistory, written: [AlertRule], problems: [String], time: Timestamp) {
        self.history = history
        self.problems = problems
        self.time = time
        rules = written.map { history.settings.applied(to: $0) }
        statuses = history.statuses(of: rules, at: time)
    }

    /// Pending, firing, without data or muted; the worst first.
    var open: [AlertStatus] {
        statuses.filter { $0.state != .inactive }.sorted { left, right in
            let (one, other) = (Self.rank(left), Self.rank(right))
            return one == other
                ? (left.since?.nanoseconds ?? 0, left.id) > (right.since?.nanoseconds ?? 0, right.id) : one < other
        }
    }

    /// What somebody has to look at: it fires, and nobody muted it.
    var firing: [AlertStatus] { open.filter { $0.state == .firing || $0.state == .noData } }

    private static func rank(_ alert: AlertStatus) -> Int {
        let severity = alert.severity == .critical ? 0 : alert.severity == .warning ? 1 : 2
        switch alert.state {
        case .firing: return severity
        case .noData: return 3 + severity
        case .pending: return 6 + severity
        case .muted: return 9 + severity
        case .inactive: return 12
        }
    }

    func rule(_ id: String) -> AlertRule? { rules.first { $0.id == id } }

    /// All changes that were said and hold, in the order of event time.
    var said: [SaidChange] { history.allChanges }

    var silences: [Silence] { history.silences.sorted { ($1.from, $1.id) < ($0.from, $0.id) } }
}

/// A stretch in which an alert was pending, and then fired.
struct AlertStretch: Sendable {
    var rule: String
    var labels: AlertLabels
    var severity: AlertSeverity
    var pendingAt: Timestamp
    var firingAt: Timestamp?
    /// Nil while it goes on.
    var endedAt: Timestamp?

    /// The stretches that changes of alerts come to.
    static func all(_ changes: [SaidChange]) -> [AlertStretch] {
        var all: [AlertStretch] = []
        var open: [String: Int] = [:]
        for said in changes {
            let key = "\(said.alertID)|\(said.severity.rawValue)"
            let change = said.change
            switch change.kind {
            case .pending, .firing, .noData, .dataBack:
                if open[key] == nil {
                    open[key] = all.count
                    all.append(
                        AlertStretch(
                            rule: said.rule, labels: said.labels, severity: said.severity, pendingAt: change.pendingAt))
                }
                guard let place = open[key], change.kind != .pending else { continue }
                all[place].firingAt = all[place].firingAt ?? change.firingAt ?? change.at
            case .cancelled, .resolved:
                if let place = open[key] { all[place].endedAt = change.at }
                open[key] = nil
            }
        }
        return all
    }
}
