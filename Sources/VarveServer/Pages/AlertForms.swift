internal import Hummingbird
internal import VarveAlerts
internal import VarveDisk
internal import VarveEvents
internal import VarvePages

/// Forms of the pages of alerts. They record the events that the interface and the commands record.
struct AlertForms: Sendable {
    let state: ServerState
    private var forms: FormReplies { FormReplies(state: state) }
    private var now: Timestamp { Timestamp(nanoseconds: wallClockNanoseconds()) }

    private static func taken<Value>(_ body: () throws(AlertAct.Refusal) -> Value) throws(Problem) -> Value {
        do throws(AlertAct.Refusal) { return try body() } catch { throw Problem(422, "refused", error.description) }
    }

    /// `POST /alerts/{id}/ack`
    func acknowledge(_ request: Request, context: FormContext<AlertForm>) async throws -> Response {
        let id = try context.pathParameter("id")
        return try await forms.reply(request, context, page: "/alerts") { form in
            let (history, time) = (try await state.alerts().said, now)
            let (by, comment) = (form.first("by") ?? context.caller, form.first("comment") ?? "")
            let event = try Self.taken { () throws(AlertAct.Refusal) in
                try AlertAct.acknowledge(id, in: history, by: by, comment: comment, at: time)
            }
            try await context.workspace.record(event)
            return nil
        }
    }

    /// `POST /alerts/{id}/resolve`
    func resolve(_ request: Request, context: FormContext<AlertForm>) async throws -> Response {
        let id = try context.pathParameter("id")
        return try await forms.reply(request, context, page: "/alerts") { form in
            let (history, time) = (try await state.alerts().said, now)
            let by = form.first("by") ?? context.caller
            let event = try Self.taken { () throws(AlertAct.Refusal) in
                try AlertAct.resolve(id, in: history, by: by, at: time)
            }
            try await context.workspace.record(event)
            return nil
        }
    }

    /// `POST /alerts/silences`
    func silence(_ request: Request, context: FormContext<AlertForm>) async throws -> Response {
        try await forms.reply(request, context, page: "/alerts") { form in
            var matchers: [FieldCondition] = []
            for text in form.all("matcher") {
                do throws(FieldConditionError) { matchers.append(try FieldCondition(parsing: text)) } catch {
                    throw Problem(422, "bad_form", "“\(text)” is no condition: \(error)")
                }
            }
            guard let length = form.first("for").flatMap(RuleDuration.parse), length > 0 else {
                throw Problem(422, "bad_form", "a silence has a length, as 2h or 30m")
            }
            let time = now
            let (by, comment) = (form.first("by") ?? context.caller, form.first("comment") ?? "")
            let conditions = matchers
            let made = try Self.taken { () throws(AlertAct.Refusal) in
                try AlertAct.silence(
                    conditions, from: time, to: time + .nanoseconds(length), by: by, comment: comment, at: time)
            }
            try await context.workspace.record(made.event)
            return nil
        }
    }

    /// `POST /alerts/silences/{id}/end`
    func endSilence(_ request: Request, context: FormContext<AlertForm>) async throws -> Response {
        let id = try context.pathParameter("id")
        return try await forms.reply(request, context, page: "/alerts") { form in
            let (history, time) = (try await state.alerts().said, now)
            let by = form.first("by") ?? context.caller
            let event = try Self.taken { () throws(AlertAct.Refusal) in
                try AlertAct.endSilence(id, in: history, by: by, at: time)
            }
            try await context.workspace.record(event)
            return nil
        }
    }

    /// `POST /alerts/rules/{rule}`: switches a rule, or gives it other numbers: threshold, duration, severity.
    func change(_ request: Request, context: FormContext<AlertForm>) async throws -> Response {
        let id = try context.pathParameter("rule")
        return try await forms.reply(request, context, page: "/alerts/rules") { form in
            guard let rule = try await state.alerts().allRules.first(where: { $0.id == id }) else {
                throw Problem(404, "unknown_rule", "there is no such rule")
            }
            let (time, by) = (now, form.first("by") ?? context.caller)
            var events: [Event] = []
            if let text = form.first("threshold") {
                guard let number = Double(text), number.isFinite else {
                    throw Problem(422, "bad_form", "a threshold is a number, not “\(text)”")
                }
                guard rule.test.threshold != nil else {
                    throw Problem(422, "bad_form", "this rule compares with no number")
                }
                if number != rule.test.threshold { events.append(AlertAct.threshold(id, number, by: by, at: time)) }
            }
            if let text = form.first("enabled") {
                guard let isOn = Bool(text) else { throw Problem(422, "bad_form", "enabled is true or false") }
                events.append(AlertAct.enable(id, isOn, by: by, at: time))
            }
            if let text = form.first("for") {
                guard let hold = RuleDuration.parse(text) else {
                    throw Problem(422, "bad_form", "for is a duration as 90s, 5m or 1h, not “\(text)”")
                }
                if hold != rule.hold { events.append(AlertAct.hold(id, hold, by: by, at: time)) }
            }
            if let text = form.first("severity") {
                guard let severity = AlertSeverity(rawValue: text) else {
                    throw Problem(422, "bad_form", "severity is info, warning or critical, not “\(text)”")
                }
                if severity != rule.severity { events.append(AlertAct.severity(id, severity, by: by, at: time)) }
            }
            guard !events.isEmpty else { throw Problem(422, "bad_form", "the form changes nothing of the rule") }
            for event in events { try await context.workspace.record(event) }
            // A page that tried the number shows the rule as it is set now.
            return form.back?.setting(["threshold": nil, "for": nil])
        }
    }
}
