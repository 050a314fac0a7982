internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveCatalog
internal import VarveEvents
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// What views say.
struct ViewReplies: Sendable {
    let state: ServerState

    /// `GET /api/v1/views`.
    func list(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["name"])
        let projector = query.first("name") ?? "main"
        let (views, durable) = try await context.workspace.views(projector)
        let objects = views.map { view in
            var object = JSONLine()
            object.field("name", view.name)
            object.field("version", view.version)
            object.field("offset", view.kept?.offset.value)
            object.field("behind_events", view.kept.map { durable.value - min(durable.value, $0.offset.value) })
            object.field("complete_from", view.kept?.completeFrom.value)
            object.field("meaning", view.meaning)
            object.field("built_in", view.isBuiltIn)
            let columns = (view.tables.first?.columns ?? []).map { column($0, view.metrics) }
            object.field("columns", json: JSONLine.array(columns))
            return object.text
        }
        return Self.json("[" + objects.joined(separator: ",\n") + "]\n")
    }

    private func column(_ column: ViewColumn, _ metrics: [MetricDescription]) -> String {
        var object = JSONLine()
        object.field("name", column.name)
        object.field("type", column.kind.rawValue)
        object.field("unit", metrics.first { $0.column == column.name }?.unit?.rawValue)
        return object.text
    }

    static let names: Set<String> = [
        "bucket", "table", "by", "where", "from", "to", "at", "sort", "top", "limit", "name", "fresh", "format", "envelope",
    ]

    /// `GET /api/v1/views/{name}`.
    func show(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(Self.names)
        let format = try RowFormat(query, request.headers)
        let projector = query.first("name") ?? "main"
        let view = try await context.workspace.view(try Self.name(context), projector)
        let (from, to) = try query.range(in: view.zone)
        let asked = ViewRequest(
            view, source: try query.flag("fresh") ? .log : .keptOrLog(projector: projector), asOf: try query.asOf(),
            bucket: try query.bucket(), table: query.first("table"), by: Self.dimensions(query),
            where: try query.conditions().map { DimensionFilter($0) }, from: from, to: to,
            order: try query.order(state.options.limits))
        let answer = try await context.workspace.answer(asked)
        return format.reply(answer, to: request)
    }

    /// `GET /api/v1/views/{name}/hash`.
    func hash(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["at", "name"])
        let view = try await context.workspace.view(try Self.name(context), query.first("name") ?? "main")
        let (hash, offset) = try await context.workspace.hash(view, try query.asOf() ?? .now)
        var object = JSONLine()
        object.field("view", view.name)
        object.field("version", view.version)
        object.field("offset", offset.value)
        object.field("hash", hash)
        return Self.json(object.text + "\n")
    }

    /// `GET /api/v1/query`: as `varve query`.
    func query(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(Self.queryNames)
        let format = try RowFormat(query, request.headers)
        var asked = QueryRequest()
        asked.signals = query.all("signal")
        asked.conditions = try query.conditions()
        asked.by = query.list("by")
        asked.bucket = try query.bucket() ?? .all
        asked.measures = try QueryMeasures.read(query)
        asked.order = try query.order(state.options.limits)
        (asked.from, asked.to) = try query.range()
        let answer = try await context.workspace.query(asked, try query.asOf() ?? .now)
        return format.reply(answer, to: request)
    }

    static let queryNames: Set<String> = [
        "signal", "where", "by", "bucket", "count", "sum", "avg", "min", "max", "p50", "p95", "p99", "distinct", "quantile",
        "sort", "top", "limit", "from", "to", "at", "format", "envelope",
    ]

    /// `by` as it is typed: nil for all.
    private static func dimensions(_ query: QueryText) -> [String]? {
        guard query.first("by") != nil else { return nil }
        let names = query.list("by")
        return names == ["none"] ? [] : names
    }

    static func name(_ context: ReadContext, _ parameter: String = "name") throws(Problem) -> String {
        try context.pathParameter(parameter)
    }

    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json", .cacheControl: "no-cache"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
