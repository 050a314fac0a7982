// A firing again from the log: the same evaluator, over the events that it knew.

internal import VarveBatchFormat
internal import VarveEvents
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire
public import VarveWorkspace

/// What an alert said when it fired, and what the log says to it.
public struct AlertExplanation: Sendable {
    public enum Result: String, Sendable {
        /// The same value from the same events.
        case match
        /// The log gives another value, or the rule is another one now.
        case mismatch
        /// The events that it saw have gone.
        case expired
    }

    public var said: SaidChange
    public var result: Result
    /// What the log gives; nil where it gives nothing.
    public var value: Double?
    /// What the whole view was; nil where it cannot be said any more.
    public var viewHash: String?
    /// One sentence: why it is no match.
    public var reason: String?

    /// Derives `said` again by `rule` over the events below its offset. Blocks.
    public static func derive(
        _ said: SaidChange, _ rule: AlertRule?, _ views: RuleViews, at data: String
    ) throws -> AlertExplanation {
        var explanation = AlertExplanation(said: said, result: .mismatch)
        if let rule, rule.isQuery {
            explanation.reason = "an expression is asked of the series of a directory"
            return explanation
        }
        guard let rule, let definition = views.definition(rule.source.view) else {
            explanation.reason = "the rule, or its view, is not there any more"
            return explanation
        }
        guard rule.version == said.version else {
            explanation.reason = "the rule is another one now: version \(rule.version), then \(said.version)"
            return explanation
        }
        var evaluated = rule
        evaluated.isEnabled = true
        let tick = said.change.at
        var engine = AlertEngine([evaluated], views, near: tick)
        let reader = try LogReader.open(at: data)
        guard try reader.durable() >= said.offset else {
            explanation.reason = "the log ends before the offset that it fired at"
            return explanation
        }
        let retained = try reader.retained()
        var filter = LogFilter()
        filter.from = tick - .nanoseconds(engine.lookback)
        filter.to = tick
        let select = ColumnSelection(keys: engine.columns, times: true)
        try reader.scan(retained.value..<said.offset.value, select: select, where: filter) { engine.fold($0) }
        let reading = try engine.readings(of: rule.id, at: tick)[said.labels]
        explanation.value = reading?.value
        if let history = try? ViewHistory.open(at: data) {
            explanation.viewHash = (try? history.hash(of: definition, asOf: .offset(said.offset))).map { "\($0)" }
        }
        guard reading?.value == said.change.value else {
            // What has gone explains another value; what is still there and gives the same one needs no excuse.
            let hasGone = try hasExpired(reader, retained, from: tick - .nanoseconds(engine.lookback))
            explanation.result = hasGone ? .expired : .mismatch
            explanation.reason =
                hasGone ? "retention has removed events of the time that the rule looked at" : "the log gives another value"
            return explanation
        }
        if let now = explanation.viewHash, let then = said.viewHash, now != then {
            explanation.reason = "the view is another one than when it fired"
            return explanation
        }
        explanation.result = .match
        return explanation
    }

    /// Like `derive`, for rules in Prometheus' shape too. Their expressions are asked of the series as they are now: samples that
    /// came later count.
    public static func derive(
        _ said: SaidChange, _ rule: AlertRule?, _ views: RuleViews, over workspace: Workspace
    ) async throws -> AlertExplanation {
        guard let rule, rule.isQuery else { return try derive(said, rule, views, at: workspace.path) }
        var explanation = AlertExplanation(said: said, result: .mismatch)
        guard rule.version == said.version else {
            explanation.reason = "the rule is another one now: version \(rule.version), then \(said.version)"
            return explanation
        }
        let tick = said.change.at.nanoseconds
        let answers = try await QueryDemand.answers([QueryDemand(run: 0, rule: rule, ticks: [tick])], over: workspace)
        switch answers.first?.readings[tick] {
        case .readings(let readings)?: explanation.value = readings[said.labels]?.value
        case .failed(let why)?: explanation.reason = why
        case nil: break
        }
        if let value = explanation.value, value == said.change.value || (value.isNaN && said.change.value == nil) {
            explanation.result = .match
        } else {
            let retained = try workspace.reader.retained()
            explanation.result = retained > Offset(0) && explanation.value == nil ? .expired : .mismatch
            explanation.reason = explanation.reason ?? "the series give another value now"
        }
        return explanation
    }

    /// Whether events of the time from `from` on may have gone: all before R was appended after that.
    private static func hasExpired(_ reader: LogReader, _ retained: Offset, from: Timestamp) throws -> Bool {
        guard retained.value > 0 else { return false }
        var first: Int64?
        let select = ColumnSelection(keys: [], times: false, observed: true)
        // Compaction may have left the very first one out.
        try reader.scan(retained.value..<(retained.value &+ 4_096), select: select) { first = first ?? $0.observed.first }
        guard let first else { return true }
        // An event is appended after it happened; what was appended before R happened before.
        return first > from.nanoseconds
    }

    /// As the contract has it.
    public var json: String {
        var line = JSONLine()
        line.field("id", said.alertID)
        line.field("rule", said.rule)
        line.field("version", said.version)
        line.field("labels", json: said.labels.json)
        line.field("severity", said.severity.rawValue)
        line.field("fired_at", said.change.at.text)
        line.field("value", said.change.value)
        line.field("derived", value)
        line.field("threshold", said.change.threshold)
        var window = JSONLine()
        window.field("from", said.window.lowerBound.text)
        window.field("to", said.window.upperBound.text)
        line.field("window", json: window.text)
        line.field("offset", said.offset.value)
        line.field("view", said.view)
        line.field("view_version", said.viewVersion)
        line.field("view_hash", said.viewHash ?? viewHash)
        line.field("result", result.rawValue)
        line.field("reason", reason)
        return line.text
    }
}
