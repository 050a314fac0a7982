import Foundation
import VarveAlerts
import VarveCatalog
import VarveCharts
import VarveDisk
import VarveEvents
import VarveLog
import VarvePages
import VarveProjections
import VarveViews
import VarveWire
import VarveWorkspace

/// What `varve top` shows, at one moment.
struct TopPicture {
    /// One number of the newest hour.
    struct Metric {
        var view: String
        var column: String
        var value: Double
        var unit: FieldUnit?
        var state: MetricState?
    }

    var time: Timestamp
    var offset: UInt64
    var bytes: UInt64
    var segments: Int
    /// The newest event that is told by the view `volume`; nil of an empty log.
    var newest: Timestamp?
    /// Events a second: since the picture before, else of the newest hour.
    var rate: Double?
    var projectors: [ProjectorStatus]
    var metrics: [Metric]
    var alerts: [AlertStatus]
    var rules: Int

    private static let hour: Int64 = 3_600_000_000_000

    static func take(_ workspace: Workspace, _ name: String, after before: TopPicture? = nil) async throws -> TopPicture {
        let now = AlertCommands.now
        let snapshot = try await workspace.snapshot()
        let projectors = try await workspace.projectors()
        let path = workspace.path
        let history = try await workspace.runQuestion { [reader = workspace.reader] in try AlertHistory.read(reader) }
        let rules = ((try? RuleSet.of(path))?.rules ?? []).map { history.settings.applied(to: $0) }
        var picture = TopPicture(
            time: now, offset: snapshot.durable.value, bytes: snapshot.segments.reduce(0) { $0 + $1.bytes },
            segments: snapshot.segments.count, newest: nil, rate: nil, projectors: projectors, metrics: [],
            alerts: history.statuses(of: rules, at: now).filter { $0.state != .inactive }, rules: rules.count { $0.isEnabled })
        if let before, before.offset <= picture.offset, before.time < now {
            let seconds = Double(now.nanoseconds - before.time.nanoseconds) / 1e9
            picture.rate = Double(picture.offset - before.offset) / seconds
        }
        try await picture.read(workspace, name)
        return picture
    }

    /// The newest hour of every view with a bound or a 95th percentile.
    private mutating func read(_ workspace: Workspace, _ name: String) async throws {
        let views = try await workspace.views(projector: name).filter(\.isCurrent)
        guard let volume = views.first(where: { $0.name == "volume" }), offset > 0 else { return }
        let newest = try await workspace.answer(
            ViewRequest(
                volume.view, source: .keptOrLog(projector: name), bucket: .minute, by: [],
                order: RowOrder(sort: "time:desc", top: nil, limit: 1)))
        guard let last = newest.rows.first?.time else { return }
        self.newest = last
        let end = Timestamp(nanoseconds: last.nanoseconds + 60_000_000_000)
        let start = Timestamp(nanoseconds: end.nanoseconds - Self.hour)
        let wanted = views.filter { view in
            view.buckets.contains(.hour) && view.metrics.contains { Self.isTold($0) } || view.name == "volume"
        }
        let answers = try await workspace.answers(
            to: wanted.map {
                ViewRequest($0.view, source: .keptOrLog(projector: name), bucket: .all, by: [], from: start, to: end)
            })
        for (view, answer) in zip(wanted, answers) {
            guard let row = answer.rows.first else { continue }
            if view.name == "volume", rate == nil { rate = row["events"]?.number.map { $0 / 3_600 } }
            for metric in view.metrics where Self.isTold(metric) {
                guard let value = row[metric.column]?.number else { continue }
                metrics.append(
                    Metric(
                        view: view.name, column: metric.column, value: value, unit: metric.unit,
                        state: metric.bounds.state(of: value)))
            }
        }
        metrics.sort { (Self.rank($0.state), $0.view, $0.column) < (Self.rank($1.state), $1.view, $1.column) }
    }

    private static func isTold(_ metric: MetricDescription) -> Bool {
        metric.bounds.alert != nil || metric.bounds.healthy != nil || metric.column == "p95_ms"
    }

    private static func rank(_ state: MetricState?) -> Int {
        switch state {
        case .alert: 0
        case .warning: 1
        case .healthy: 2
        case nil: 3
        }
    }

    // MARK: Shown

    var text: String {
        let unit = ChartUnit.bytes
        var text = "varve top  \(RFC3339.text(time))\n"
        text += "log        offset \(offset.grouped), \(unit.text(Double(bytes))) in \(segments) segments"
        text += rate.map { ", \(NumberText.shortest($0, decimals: 1)) events a second" } ?? ""
        text += newest.map { ", newest minute \(RFC3339.text($0))" } ?? ", no event"
        text += "\n"
        for projector in projectors {
            text += "projector  \(projector.name): \(projector.state.rawValue), \(projector.lagEvents.grouped) events behind\n"
        }
        text += alertText
        guard !metrics.isEmpty else { return text + "\nNo metric has a value in the newest hour.\n" }
        var table = Table(["state", "metric", "value", "view"], numbers: ["value"])
        for metric in metrics.prefix(24) {
            let status: ChartStatus = metric.state == .alert ? .critical : metric.state == .warning ? .warning : .ok
            let word = metric.state == nil ? "" : "\(status.sign) \(status.word)"
            table.add([word, metric.column, ChartUnit.of(metric.unit).text(metric.value), metric.view])
        }
        text += "\nmetrics of the newest hour, the worst first\n" + table.text()
        if metrics.count > 24 { text += "\(metrics.count - 24) more: varve metrics\n" }
        return text
    }

    private var alertText: String {
        guard !alerts.isEmpty else { return "alerts     none open, \(rules) rules on\n" }
        var table = Table(["state", "rule", "labels", "since", "value", "threshold"], numbers: ["value", "threshold"])
        for alert in alerts.prefix(12) {
            let sign = alert.severity == .critical ? "■" : alert.severity == .warning ? "▲" : "●"
            table.add([
                "\(sign) \(alert.state.rawValue)", alert.rule, AlertCommands.labels(alert.labels),
                alert.since.map { RFC3339.text($0) } ?? "-", alert.value.map { ViewFormat.text(.double($0)) } ?? "-",
                alert.threshold.map { ViewFormat.text(.double($0)) } ?? "-",
            ])
        }
        return "\nopen alerts\n" + table.text() + (alerts.count > 12 ? "\(alerts.count - 12) more: varve alert ls\n" : "")
    }

    var json: String {
        var line = JSONLine()
        line.field("time", RFC3339.text(time))
        line.field("offset", offset)
        line.field("bytes", bytes)
        line.field("segments", segments)
        line.field("newest", newest.map { RFC3339.text($0) })
        line.field("events_per_second", rate)
        let projectors = projectors.map { projector in
            var object = JSONLine()
            object.field("name", projector.name)
            object.field("state", projector.state.rawValue)
            object.field("behind_events", projector.lagEvents)
            return object.text
        }
        line.field("projectors", json: JSONLine.array(projectors))
        let metrics = metrics.map { metric in
            var object = JSONLine()
            object.field("view", metric.view)
            object.field("column", metric.column)
            object.field("value", metric.value)
            object.field("state", metric.state?.rawValue)
            return object.text
        }
        line.field("metrics", json: JSONLine.array(metrics))
        line.field("rules", rules)
        line.field("alerts", json: JSONLine.array(alerts.map(\.json)))
        return line.text
    }
}
