internal import VarveEvents
internal import VarveLog

/// What was set going, as a fold of the `action.*` events of the system's log.
struct ActionLog: Sendable {
    static let intended = "action.intended"
    static let succeeded = "action.succeeded"
    static let failed = "action.failed"
    /// It was not run, and why.
    static let suppressed = "action.suppressed"
    /// The alert was over in time, or was not.
    static let helped = "action.helped"
    static let unhelpful = "action.unhelpful"

    /// One action for one firing.
    struct Run: Hashable, Sendable {
        var action: String
        var alertID: String
        /// Nanoseconds of the firing.
        var at: Int64
    }

    /// The last that is known of a run, and when.
    private(set) var runs: [Run: (signal: String, at: Timestamp)] = [:]
    /// Failures in a row, and when the last was.
    private(set) var failures: [String: (count: Int, at: Timestamp)] = [:]
    /// When an action was run, the last hour's or more.
    private var starts: [String: [Int64]] = [:]

    static func read(_ reader: LogReader) throws -> ActionLog {
        var log = ActionLog()
        var filter = LogFilter()
        filter.signals = ["action.*"]
        try reader.snapshot().scanAll(where: filter) { batch in batch.forEachEvent { _, event in log.add(event) } }
        return log
    }

    mutating func add(_ event: Event) {
        guard case .string(let action)? = event[attribute: "action"], case .string(let id)? = event[attribute: "alert_id"],
            case .int64(let at)? = event[attribute: "evaluation"]
        else { return }
        let run = Run(action: action, alertID: id, at: at)
        runs[run] = (event.signal, event.time)
        switch event.signal {
        case Self.intended:
            starts[action] = (starts[action] ?? []).filter { event.time.nanoseconds - $0 < 3_600_000_000_000 }
            starts[action, default: []].append(event.time.nanoseconds)
        case Self.failed, Self.unhelpful: failures[action] = ((failures[action]?.count ?? 0) + 1, event.time)
        case Self.helped: failures[action] = nil
        // What is not verified counts as well by itself.
        case Self.succeeded: if case .bool(false)? = event[attribute: "verified_later"] { failures[action] = nil }
        default: break
        }
    }

    /// Why an action may not be run now; nil where it may.
    func refusal(_ action: ActionSettings, at now: Timestamp) -> String? {
        if let failed = failures[action.name], failed.count >= action.breaker,
            Double(now.nanoseconds - failed.at.nanoseconds) / 1e9 < action.breakerSeconds
        {
            return "it failed \(failed.count) times in a row; nothing is run for a while"
        }
        let recent = (starts[action.name] ?? []).count { now.nanoseconds - $0 < 3_600_000_000_000 }
        return recent >= action.perHour ? "it was run \(recent) times within an hour" : nil
    }

    static func event(
        _ signal: String, _ run: Run, rule: String, at time: Timestamp, _ more: [Attribute] = []
    ) -> Event {
        let attributes: [Attribute] = [
            Attribute("action", .string(run.action)), Attribute("alert_id", .string(run.alertID)),
            Attribute("evaluation", .int64(run.at)), Attribute("rule", .string(rule)),
        ]
        return Event(time: time, signal: signal, attributes: (attributes + more).sorted { $0.name < $1.name })
    }
}
