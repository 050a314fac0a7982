internal import Hummingbird
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveLog
internal import VarvePages
internal import VarveWire

/// Forms of the pages of incidents: each appends one event, as anybody else's is appended.
struct IncidentForms: Sendable {
    let state: ServerState
    private var forms: FormReplies { FormReplies(state: state) }
    private static let textMax = 4_000
    private static let states: Set<String> = ["open", "investigating", "identified", "monitoring", "resolved", "closed"]

    /// `POST /incidents`
    func open(_ request: Request, context: FormContext<EventForm>) async throws -> Response {
        try await forms.reply(request, context, page: "/incidents") { form in
            guard let title = form.first("title"), title.utf8.count <= Self.textMax else {
                throw Problem(422, "bad_form", "an incident has a title of at most \(Self.textMax) bytes")
            }
            let now = wallClockNanoseconds()
            let id = "inc-" + String(now / 1_000_000, radix: 36)
            var fields: [(String, String?)] = [("incident_id", id), ("title", title), ("status", "open")]
            fields += [("severity", form.first("severity")), ("by", form.first("by") ?? context.caller)]
            try await append("incident.opened", fields, at: now, context.workspace)
            return PageState(path: "/incidents/" + id)
        }
    }

    /// `POST /incidents/{id}`: its state, its cause, its end.
    func change(_ request: Request, context: FormContext<EventForm>) async throws -> Response {
        let id = try context.pathParameter("id")
        return try await forms.reply(request, context, page: "/incidents") { form in
            guard let status = form.first("status"), Self.states.contains(status) else {
                throw Problem(422, "bad_form", "an incident is one of \(Self.states.sorted().joined(separator: ", "))")
            }
            let fields: [(String, String?)] = [
                ("incident_id", id), ("status", status), ("root_cause", form.first("root_cause")),
                ("resolution", form.first("resolution")), ("by", form.first("by") ?? context.caller),
            ]
            try await append("incident.updated", fields, at: wallClockNanoseconds(), context.workspace)
            return nil
        }
    }

    /// `POST /incidents/{id}/notes`
    func note(_ request: Request, context: FormContext<EventForm>) async throws -> Response {
        let id = try context.pathParameter("id")
        return try await forms.reply(request, context, page: "/incidents") { form in
            guard let text = form.first("text"), text.utf8.count <= Self.textMax else {
                throw Problem(422, "bad_form", "a note has a text of at most \(Self.textMax) bytes")
            }
            let fields = [("incident_id", id), ("text", text), ("by", form.first("by") ?? context.caller)]
            try await append("incident.note", fields, at: wallClockNanoseconds(), context.workspace)
            return nil
        }
    }

    /// Through the pipeline of all events: checked, counted, durable when it returns.
    private func append(
        _ signal: String, _ fields: [(String, String?)], at time: Int64, _ workspace: WritableWorkspace
    ) async throws {
        var data = JSONLine()
        for (name, value) in fields where value?.isEmpty == false { data.field(name, value) }
        var line = JSONLine()
        line.field("signal", signal)
        line.field("time", RFC3339.text(Timestamp(nanoseconds: time)))
        line.field("data", json: data.text)
        let bytes = Array((line.text + "\n").utf8)
        let place = try state.admission.enter(bytes.count * 2 + (64 << 10))
        defer { withExtendedLifetime(place) {} }
        var body = try workspace.body(
            DecodeOptions(.ndjson, now: Timestamp(nanoseconds: time)), IngestOptions(durability: .sync, source: "page"), key: nil,
            policy: IngestPolicy())
        try bytes.withUnsafeBytes { try body.feed($0) }
        try await body.append()
        let (receipt, _) = try await body.finish()
        for cause in receipt.refusals.causes { state.metrics.rejected(cause.reason.rawValue, cause.count) }
        guard receipt.appended == 1 else {
            throw Problem(422, "refused", body.refused.first.map { "\($0)" } ?? "the event was refused")
        }
    }
}
