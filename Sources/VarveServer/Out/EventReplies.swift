internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveLog
internal import VarveWorkspace

/// Events as they are in the log.
struct EventReplies: Sendable {
    let state: ServerState

    /// `GET /api/v1/events`: NDJSON, as `cat`.
    func page(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(QueryText.filterNames.union(["order", "limit", "cursor"]))
        return try await Self.reply(read(query, try query.filter(), context.workspace))
    }

    /// A page of another log: of these signals unless the request says which.
    func page(
        _ request: Request, _ workspace: ReadableWorkspace, signals: [String], order: EventPage.Direction
    ) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(QueryText.filterNames.union(["order", "limit", "cursor"]))
        var filter = try query.filter()
        if filter.signals.isEmpty { filter.signals = signals }
        return try await Self.reply(read(query, filter, workspace, order: order))
    }

    /// `GET /api/v1/sessions/{id}`: what a session did, in order.
    func session(_ request: Request, context: ReadContext) async throws -> Response {
        let id = try ViewReplies.name(context, "id")
        return try await one(request, context) { $0.session = id }
    }

    /// `GET /api/v1/users/{id}`.
    func user(_ request: Request, context: ReadContext) async throws -> Response {
        let id = try ViewReplies.name(context, "id")
        return try await one(request, context) { $0.user = id }
    }

    private func one(
        _ request: Request, _ context: ReadContext, _ choose: (inout LogFilter) -> Void
    ) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(QueryText.filterNames.subtracting(["session", "user"]).union(["order", "limit", "cursor"]))
        var filter = try query.filter()
        choose(&filter)
        let page = try await read(query, filter, context.workspace)
        guard page.count > 0 || query.first("cursor") != nil else {
            throw Problem(404, "not_found", "the log has no event of it")
        }
        return Self.reply(page)
    }

    private func read(
        _ query: QueryText, _ filter: LogFilter, _ workspace: ReadableWorkspace, order: EventPage.Direction = .asc
    ) async throws -> EventPage {
        let limits = state.options.limits
        guard let direction = EventPage.Direction(rawValue: query.first("order") ?? order.rawValue) else {
            throw Problem.badParameter("order", "asc or desc")
        }
        let limit = try query.number("limit", in: 1...limits.eventsPerPage) ?? 1_000
        var cursor: UInt64?
        if let text = query.first("cursor") {
            guard let number = UInt64(text) else { throw Problem.badParameter("cursor", "what Varve-Next-Cursor said") }
            cursor = number
        }
        return try await workspace.events(filter, direction, cursor: cursor, limit: limit, bytesMax: limits.bytesPerPage)
    }

    private static func reply(_ page: EventPage) -> Response {
        var headers: HTTPFields = [.contentType: "application/x-ndjson", .cacheControl: "no-cache"]
        if let next = page.next { headers[.varveNextCursor] = "\(next)" }
        headers[.varveDamaged] = RowFormat.missing(page.damaged)
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: page.bytes)))
    }
}
