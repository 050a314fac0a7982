internal import VarveEvents
internal import VarveHash
internal import VarveProjections

/// What one message is about: alerts of one rule that changed at one evaluation.
public struct AlertNotice: Hashable, Sendable {
    public enum Status: String, Sendable {
        case firing, resolved
    }

    public var status: Status
    /// At least one, of one rule.
    public var alerts: [SaidChange]
    /// Where people look: the dashboard; nil where none was set.
    public var dashboard: String?
    /// For how long nobody has taken it on, in nanoseconds, where that is why it is told.
    public var waited: Int64?
    /// Said beside the alerts.
    public var note: String?

    public init(status: Status, alerts: [SaidChange], dashboard: String?) {
        self.status = status
        self.alerts = alerts
        self.dashboard = dashboard
    }

    var first: SaidChange? { alerts.first }
    public var rule: String { first?.rule ?? "" }
    var severity: AlertSeverity { alerts.map(\.severity).max() ?? .info }
    var at: Timestamp { first?.change.at ?? Timestamp(nanoseconds: 0) }

    /// `[CRITICAL] High Error Rate`, and with `RESOLVED` in front when it is over.
    var title: String {
        let name = "[\(severity.rawValue.uppercased())] \(first?.name ?? rule)"
        return status == .resolved ? "RESOLVED \(name)" : name
    }

    /// One line for each alert, the first ten of them.
    var text: String {
        let lines = alerts.prefix(10).map(\.message)
        let more = alerts.count > lines.count ? ["and \(alerts.count - lines.count) more"] : []
        let waiting = waited.map { ["nobody has taken it on for \(RuleDuration.text($0))"] } ?? []
        return (lines + more + waiting + (note.map { [$0] } ?? [])).joined(separator: "\n")
    }

    /// What the message is known by when it is sent again: the same for the same alerts at the same evaluation.
    func key(_ channel: String) -> String {
        let ids = alerts.map { "\($0.alertID)@\($0.change.at.nanoseconds)" }.sorted().joined(separator: ",")
        return "\(channel)-\(status.rawValue)-" + XXH3.hash64("\(status.rawValue)|\(ids)").zeroPadded(16, radix: 16)
    }

    /// Which way a change goes; nil for one that nobody is told of.
    static func status(_ kind: AlertChange.Kind) -> Status? {
        switch kind {
        case .firing: .firing
        case .resolved: .resolved
        case .pending, .cancelled, .noData, .dataBack: nil
        }
    }

    /// The notices that changes make: one for each rule, severity and direction. What is pending or has no data is not told.
    public static func all(_ changes: [SaidChange], dashboard: String?) -> [AlertNotice] {
        var notices: [AlertNotice] = []
        for change in changes {
            guard let status = status(change.change.kind) else { continue }
            let place = notices.firstIndex {
                $0.status == status && $0.rule == change.rule && $0.severity == change.severity && $0.at == change.change.at
                    && $0.first?.channels == change.channels
            }
            if let place {
                notices[place].alerts.append(change)
            } else {
                notices.append(AlertNotice(status: status, alerts: [change], dashboard: dashboard))
            }
        }
        return notices
    }
}
