internal import Foundation
internal import Hummingbird
internal import NIOCore
internal import VarveLog
internal import VarveWorkspace

/// What was done, over HTTP.
struct AuditReplies: Sendable {
    let state: ServerState
    private static let bytesMax = 16 << 10

    /// `GET /api/v1/audit`: the `audit.*` events, the newest first unless `order=asc`.
    func page(_ request: Request, context: AdminContext) async throws -> Response {
        guard let system = state.audit.workspace else {
            throw Problem(503, "no_audit", "the system's log is not open", retryAfter: 1)
        }
        return try await EventReplies(state: state).page(
            request, ReadableWorkspace(system), signals: ["audit.*"], order: .desc)
    }

    private struct Body: Decodable {
        var act: String
        var by: String
        var target: String?
        var tenant: String?
        var detail: String?
    }

    /// `POST /api/v1/audit`.
    func record(_ request: Request, context: AdminContext) async throws -> Response {
        guard context.isControl else {
            throw Problem(403, "forbidden", "only commands of the directory's owner may do this, over its control socket")
        }
        let buffer = try await request.body.collect(upTo: Self.bytesMax)
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(buffer.readableBytesView)),
            let act = AuditAct(rawValue: body.act)
        else { throw Problem(400, "bad_body", "the body is no JSON object of the fields of this route") }
        var record = AuditRecord(act, by: body.by)
        record.via = "command"
        record.target = body.target
        record.tenant = body.tenant
        record.detail = body.detail
        try await state.audit.write(record)
        return Response(status: .noContent)
    }
}
