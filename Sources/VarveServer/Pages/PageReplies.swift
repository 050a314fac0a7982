internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import Synchronization
internal import VarveCharts
internal import VarveDisk
internal import VarveEvents
internal import VarveLog
internal import VarvePages
internal import VarveProjections
internal import VarveViews
internal import VarveWorkspace

/// Pages for people: HTML made above, and what it needs.
struct PageReplies: Sendable {
    let state: ServerState

    /// Any page: its path says which.
    func page(_ request: Request, context: PageReadContext) async throws -> Response {
        let query = try QueryText(request)
        let items = query.items.map { PageState.Item($0.name, $0.value) }
        let address = PageState(path: request.uri.path, items: items)
        let sources = try await PageSourcing(state: state).sources(context.access, context.workspace, for: address.path)
        return try await page(address, request, context.workspace, sources)
    }

    /// The page at `address`, whatever was asked.
    func page(
        _ address: PageState, _ request: Request, _ workspace: ReadableWorkspace, _ sources: PageSources, status: Int? = nil
    ) async throws -> Response {
        let errors = try await workspace.standing().2
        let facts = ServerFacts(
            address: Self.address(request, state), version: state.options.version, retentionDays: state.live.retentionDays,
            memoryBytes: UInt64(max(0, ProcessUsage.memoryBytes ?? 0)),
            uptimeSeconds: (ContinuousClock().now - state.started) / .seconds(1), streams: state.streams.withLock { $0 },
            connections: state.connections.withLock { $0 }, clock: Timestamp(nanoseconds: wallClockNanoseconds()),
            backgroundErrors: errors.map { "\($0.message) (\($0.count) times)" })
        let reply = try await workspace.page(address, facts, sources)
        var headers = Self.headers("text/html; charset=utf-8")
        headers[.varveOffset] = "\(reply.offset)"
        headers[.cacheControl] = "no-store"
        headers[.vary] = "Accept"
        return Response(
            status: .init(code: status ?? reply.status), headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: reply.html)))
    }

    /// Whether the client prefers a page: a browser that was given an address.
    static func wantsPage(_ request: Request) -> Bool {
        let accept = request.headers[.accept] ?? ""
        return accept.contains("text/html")
    }

    /// A page that no cache keeps.
    static func html(_ text: String, _ status: HTTPResponse.Status) -> Response {
        let headers: HTTPFields = [
            .contentType: "text/html; charset=utf-8", .contentSecurityPolicy: PageAssets.policy, .cacheControl: "no-store",
        ]
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// `GET /dashboard`.
    func dashboard(_ request: Request, context: RootContext) async throws -> Response {
        Response(status: .found, headers: [.location: "/"])
    }

    /// A file of the program: its path changes with its bytes.
    static func asset(_ file: PageAssets.File) -> Response {
        var headers = headers(file.type)
        headers[.cacheControl] = "public, max-age=31536000, immutable"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: file.text)))
    }

    // MARK: Charts

    static let chartNames: Set<String> = [
        "view", "column", "by", "where", "bucket", "from", "to", "at", "name", "kind", "width", "height", "theme", "title",
    ]

    /// `GET /chart.svg`: the bytes that `varve chart` writes.
    func chart(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(Self.chartNames)
        let asked = try ChartQuestion(query)
        let projector = query.first("name") ?? "main"
        let (views, _) = try await context.workspace.views(projector)
        guard let description = views.first(where: { $0.name == asked.view && $0.isCurrent }) else {
            throw Problem(404, "unknown_view", "there is no view '\(asked.view)'")
        }
        let (from, to) = try query.range(in: description.zone)
        let asks = ViewRequest(
            description.view, source: .keptOrLog(projector: projector), asOf: try query.asOf(),
            bucket: try query.bucket() ?? description.chartBucket, by: asked.by.map { [$0] } ?? [],
            where: try query.conditions().map { DimensionFilter($0) }, from: from, to: to)
        let answer = try await context.workspace.answer(asks)
        var headers = Self.headers("image/svg+xml")
        // Its own style is in it; it runs nothing and loads nothing.
        headers[.contentSecurityPolicy] = "default-src 'none'; style-src 'unsafe-inline'"
        headers[.varveOffset] = "\(answer.offset)"
        headers[.cacheControl] = "no-cache"
        let svg = try asked.svg(answer, description)
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: svg)))
    }

    private static func headers(_ type: String) -> HTTPFields {
        [
            .contentType: type, .contentSecurityPolicy: PageAssets.policy, .contentTypeOptions: "nosniff",
            .referrerPolicy: "same-origin",
        ]
    }

    private static func address(_ request: Request, _ state: ServerState) -> String {
        let scheme = state.options.certificate == nil ? "http" : "https"
        return "\(scheme)://\(request.head.authority ?? "\(state.options.address)")"
    }
}
