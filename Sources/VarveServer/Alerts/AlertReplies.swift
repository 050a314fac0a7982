internal import Foundation
internal import Hummingbird
internal import VarveAlerts
internal import VarveDisk
internal import VarveEvents
internal import VarveWire

/// Rules, alerts and silences over HTTP, in the shapes of the commands.
struct AlertReplies: Sendable {
    let state: ServerState
    private static let bodyMax = 64 << 10

    private var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    /// `GET /api/v1/alerts`: as `varve alert ls --json`.
    func alerts(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["state", "rule", "severity"])
        let (states, rules, severities) = (query.list("state"), query.list("rule"), query.list("severity"))
        for state in states where AlertStatus.State(rawValue: state) == nil {
            throw Problem.badParameter("state", "inactive, pending, firing, no_data, muted")
        }
        let all = try await state.alerts().statuses(at: now).filter { status in
            (states.isEmpty || states.contains(status.state.rawValue)) && (rules.isEmpty || rules.contains(status.rule))
                && (severities.isEmpty || severities.contains(status.severity.rawValue))
        }
        return Self.array(all.map(\.json))
    }

    /// `GET /api/v1/alerts/{id}`: what was said of one alert.
    func alert(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let id = try ViewReplies.name(context, "id")
        let said = try await state.alerts().said.changes(ofAlert: id)
        guard !said.isEmpty else { throw Problem(404, "unknown_alert", "there is no such alert") }
        return Self.array(said.map(\.json))
    }

    /// `GET /api/v1/rules`: as `varve alert ls --all --json`.
    func rules(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        return Self.array(try await state.alerts().allRules.map(\.json))
    }

    /// `GET /api/v1/silences`.
    func silences(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let time = now
        return Self.array(try await state.alerts().said.silences.map { $0.json(at: time) })
    }

    // MARK: Acts

    private struct Act: Decodable {
        var by: String?
        var comment: String?
        var enabled: Bool?
        var threshold: Double?
        var severity: String?
        var matchers: [String]?
        var from: String?
        var to: String?
        var `for`: String?
    }

    private func act(_ request: Request) async throws -> Act {
        try await request.json(Act.self, most: Self.bodyMax, empty: Act())
    }

    private func recorded(_ event: Event, _ context: AlertContext, _ answer: (inout JSONLine) -> Void) async throws -> Response {
        try await context.workspace.record(event)
        var line = JSONLine()
        answer(&line)
        return ViewReplies.json(line.text + "\n")
    }

    /// `POST /api/v1/alerts/{id}/ack`.
    func acknowledge(_ request: Request, context: AlertContext) async throws -> Response {
        let id = try context.pathParameter("id")
        let act = try await act(request)
        let history = try await state.alerts().said
        let event = try Self.taken {
            () throws(AlertAct.Refusal) in
            try AlertAct.acknowledge(id, in: history, by: act.by ?? "", comment: act.comment ?? "", at: now)
        }
        return try await recorded(event, context) { $0.field("acknowledged", id) }
    }

    /// `POST /api/v1/alerts/{id}/resolve`.
    func resolve(_ request: Request, context: AlertContext) async throws -> Response {
        let id = try context.pathParameter("id")
        let act = try await act(request)
        let history = try await state.alerts().said
        let event = try Self.taken { () throws(AlertAct.Refusal) in
            try AlertAct.resolve(id, in: history, by: act.by ?? "", at: now)
        }
        return try await recorded(event, context) { $0.field("resolved", id) }
    }

    /// `PATCH /api/v1/rules/{id}`: switches a rule, or gives it another threshold, duration or severity.
    func change(_ request: Request, context: AlertContext) async throws -> Response {
        let id = try context.pathParameter("id")
        let act = try await act(request)
        guard try await state.alerts().allRules.contains(where: { $0.id == id }) else {
            throw Problem(404, "unknown_rule", "there is no such rule")
        }
        let (hold, severity) = (act.for.flatMap(RuleDuration.parse), act.severity.flatMap { AlertSeverity(rawValue: $0) })
        guard act.for == nil || hold != nil else { throw Problem(400, "bad_body", "for is a duration such as 5m") }
        guard act.severity == nil || severity != nil else {
            throw Problem(400, "bad_body", "severity is info, warning or critical")
        }
        guard act.enabled != nil || act.threshold != nil || hold != nil || severity != nil else {
            throw Problem(400, "bad_body", "the body has one of enabled, threshold, for and severity at least")
        }
        if let hold { try await context.workspace.record(AlertAct.hold(id, hold, by: act.by ?? "", at: now)) }
        if let severity { try await context.workspace.record(AlertAct.severity(id, severity, by: act.by ?? "", at: now)) }
        if let threshold = act.threshold {
            try await context.workspace.record(AlertAct.threshold(id, threshold, by: act.by ?? "", at: now))
        }
        if let enabled = act.enabled {
            try await context.workspace.record(AlertAct.enable(id, enabled, by: act.by ?? "", at: now))
        }
        var line = JSONLine()
        line.field("rule", id)
        return ViewReplies.json(line.text + "\n")
    }

    /// `POST /api/v1/silences`.
    func silence(_ request: Request, context: AlertContext) async throws -> Response {
        let act = try await act(request)
        var matchers: [FieldCondition] = []
        for text in act.matchers ?? [] {
            do throws(FieldConditionError) { matchers.append(try FieldCondition(parsing: text)) } catch {
                throw Problem(400, "bad_body", "\(error)")
            }
        }
        let time = now
        let from = try act.from.map { text throws(Problem) in try Self.moment(text) } ?? time
        let to: Timestamp
        if let text = act.to {
            to = try Self.moment(text)
        } else if let duration = act.for.flatMap(RuleDuration.parse) {
            to = from + .nanoseconds(duration)
        } else {
            throw Problem(400, "bad_body", "a silence has an end: to, or for as 2h")
        }
        let made = try Self.taken { () throws(AlertAct.Refusal) in
            try AlertAct.silence(matchers, from: from, to: to, by: act.by ?? "", comment: act.comment ?? "", at: time)
        }
        try await context.workspace.record(made.event)
        return ViewReplies.json(made.silence.json(at: time) + "\n")
    }

    /// `DELETE /api/v1/silences/{id}`.
    func endSilence(_ request: Request, context: AlertContext) async throws -> Response {
        let id = try context.pathParameter("id")
        let history = try await state.alerts().said
        let event = try Self.taken { () throws(AlertAct.Refusal) in
            try AlertAct.endSilence(id, in: history, by: "", at: now)
        }
        return try await recorded(event, context) { $0.field("ended", id) }
    }

    private static func taken<Value>(_ body: () throws(AlertAct.Refusal) -> Value) throws(Problem) -> Value {
        do throws(AlertAct.Refusal) { return try body() } catch { throw Problem(404, "refused", error.description) }
    }

    private static func moment(_ text: String) throws(Problem) -> Timestamp {
        guard let moment = MomentText(text) else {
            throw Problem(400, "bad_body", "from and to are moments as RFC 3339 has them")
        }
        return moment.timestamp
    }

    private static func array(_ objects: [String]) -> Response { ViewReplies.json(JSONLine.array(objects) + "\n") }
}
