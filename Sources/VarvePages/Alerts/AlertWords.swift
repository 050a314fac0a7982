internal import VarveAlerts
internal import VarveCatalog
internal import VarveCharts
internal import VarveEvents
internal import VarveProjections
internal import VarveWorkspace

/// Alerts and rules in words.
enum AlertWords {
    /// How bad an alert's severity is, as one of the four.
    static func status(_ severity: AlertSeverity) -> ChartStatus {
        switch severity {
        case .critical: .critical
        case .warning: .warning
        case .info: .ok
        }
    }

    static func state(_ state: AlertStatus.State) -> String {
        switch state {
        case .inactive: "quiet"
        case .pending: "pending"
        case .firing: "firing"
        case .noData: "no data"
        case .muted: "muted"
        }
    }

    /// A mark with severity and, where it does not fire, the state.
    static func mark(_ alert: AlertStatus, into page: inout Markup) {
        let status: ChartStatus =
            switch alert.state {
            case .inactive: .ok
            case .noData: .none
            case .pending, .firing, .muted: status(alert.severity)
            }
        let word = alert.state == .inactive ? "quiet" : alert.state == .noData ? "no data" : alert.severity.rawValue
        page.tag("span", ["class": "st", "data-status": status.rawValue], text: word)
    }

    static func unit(_ rule: AlertRule?, _ context: PageContext) -> ChartUnit {
        guard let rule else { return .plain }
        switch rule.test {
        case .number: break
        case .change: return .fraction
        case .burn, .query: return .plain
        case .band, .absent: break
        }
        guard let view = context.views[rule.source.view] else { return .plain }
        return view.metrics.first { $0.column == rule.source.column }.map { ChartUnit($0.unit) } ?? .plain
    }

    /// `> 10 %`, `changed > 50 %`, `absent`.
    static func bound(_ rule: AlertRule, _ threshold: Double? = nil, _ unit: ChartUnit) -> String {
        let number = threshold ?? rule.test.threshold ?? 0
        switch rule.test {
        case .number(let comparison, _): return "\(comparison.symbol) \(unit.text(number))"
        case .change(let comparison, _, let ago):
            return "changed \(comparison.symbol) \(unit.text(number)) in \(RuleDuration.text(ago))"
        case .band(_, let side, _): return "\(side.rawValue) its band"
        case .absent: return "absent"
        case .burn: return "burns \(NumberText.shortest(number, decimals: 2)) × its budget"
        case .query(let query): return query.text
        }
    }

    /// `component PaymentButton, channel print`; empty for none.
    static func place(_ labels: AlertLabels) -> String {
        labels.all.map { "\($0.name) \($0.value ?? "none")" }.joined(separator: ", ")
    }

    static func change(_ kind: AlertChange.Kind) -> String {
        switch kind {
        case .pending: "pending"
        case .cancelled: "over before it fired"
        case .firing: "fired"
        case .resolved: "resolved"
        case .noData: "without data"
        case .dataBack: "data again"
        }
    }

    static func status(_ kind: AlertChange.Kind, _ severity: AlertSeverity) -> ChartStatus {
        switch kind {
        case .firing, .dataBack: status(severity)
        case .pending: .warning
        case .noData: .none
        case .resolved, .cancelled: .ok
        }
    }

    static func path(alert id: String) -> String { "/alerts/" + PageState.encode(id) }
    static func path(rule id: String) -> String { "/alerts/rules/" + PageState.encode(id) }

    /// `14:06` of the page's own day, else with the day.
    static func time(_ time: Timestamp, _ context: PageContext) -> String {
        let isToday = ClockText.day(time.nanoseconds) == ClockText.day(context.range.now.nanoseconds)
        return isToday ? ClockText.time(time.nanoseconds) : ClockText.dayAndTime(time.nanoseconds)
    }

    static func moment(_ time: Timestamp, _ context: PageContext, into page: inout Markup) {
        page.tag("time", ["datetime": BucketText.iso(time)], text: self.time(time, context))
    }
}
