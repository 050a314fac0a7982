internal import Foundation
internal import Hummingbird
internal import VarveAlerts
internal import VarveDisk
internal import VarveEvents
internal import VarveWire

/// Incidents over HTTP, in the shape of `varve incident`.
struct IncidentReplies: Sendable {
    let state: ServerState
    private static let bodyMax = 64 << 10

    private func history() async throws -> IncidentHistory {
        try await state.alerts().knownIncidents
    }

    /// `GET /api/v1/incidents`.
    func list(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["open"])
        let isOpen = query.first("open") == "true"
        let all = try await history().all.filter { !isOpen || $0.isOpen }
        return ViewReplies.json(JSONLine.array(all.map(\.json)) + "\n")
    }

    /// `GET /api/v1/incidents/{id}`.
    func show(_ request: Request, context: ReadContext) async throws -> Response {
        try QueryText(request).allow([])
        let id = try ViewReplies.name(context, "id")
        guard let incident = try await history()[id] else { throw Problem(404, "unknown_incident", "there is no such incident") }
        return ViewReplies.json(incident.json + "\n")
    }

    private struct Body: Decodable {
        var status: String?
        var assignee: String?
        var rootCause: String?
        var resolution: String?
        var by: String?

        enum CodingKeys: String, CodingKey {
            case status, assignee, resolution, by
            case rootCause = "root_cause"
        }
    }

    /// `PATCH /api/v1/incidents/{id}`.
    func change(_ request: Request, context: AlertContext) async throws -> Response {
        let id = try context.pathParameter("id")
        let body = try await request.json(Body.self, most: Self.bodyMax)
        var change = IncidentChange()
        (change.status, change.assignee, change.by) = (body.status, body.assignee, body.by ?? "")
        (change.rootCause, change.resolution) = (body.rootCause, body.resolution)
        let known = try await history()
        guard known[id] != nil else { throw Problem(404, "unknown_incident", "there is no such incident") }
        let settings = state.options.alerts?.incidents ?? IncidentSettings()
        let event: Event
        do throws(AlertAct.Refusal) {
            event = try change.event(id, known, settings, at: Timestamp(nanoseconds: wallClockNanoseconds()))
        } catch {
            throw Problem(409, "refused", error.description)
        }
        try await context.workspace.record(event)
        var after = known
        after.add(event)
        return ViewReplies.json((after[id]?.json ?? "{}") + "\n")
    }
}
