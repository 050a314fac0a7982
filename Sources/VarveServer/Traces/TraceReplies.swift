internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveLog
internal import VarveWire

/// Traces out of the log's spans.
struct TraceReplies: Sendable {
    /// Spans of one trace, and offsets from the log's end that a list of traces is made from.
    static let spansMax = 10_000
    private static let offsetsMax: UInt64 = 2_000_000

    /// `GET /api/v1/traces/{id}`
    func trace(_ request: Request, context: ReadContext) async throws -> Response {
        let tree = try await Self.tree(context)
        return ViewReplies.json(Self.json(tree) + "\n")
    }

    static func tree(_ context: ReadContext) async throws -> TraceTree {
        let id = (context.parameters.get("id") ?? "").lowercased()
        guard (16...32).contains(id.utf8.count), id.allSatisfy(\.isHexDigit) else {
            throw Problem(400, "bad_trace_id", "a trace's id has 32 hexadecimal digits")
        }
        let whole = String(repeating: "0", count: 32 - id.utf8.count) + id
        var filter = LogFilter()
        filter.signals = ["otel.span"]
        filter.conditions = [FieldCondition("trace_id", .equal, whole)]
        let tree = TraceTree(try await context.workspace.spans(where: filter, offsets: .max, most: spansMax))
        guard !tree.nodes.isEmpty else { throw Problem(404, "unknown_trace", "there is no span of the trace \(whole)") }
        return tree
    }

    /// `GET /api/v1/traces`
    func list(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["service", "name", "min_duration", "error", "limit", "from", "to"])
        var choice = TraceChoice()
        choice.service = query.first("service")
        choice.name = query.first("name")
        choice.errorsOnly = try query.flag("error")
        choice.limit = try query.number("limit", in: 1...1_000) ?? 20
        if let text = query.first("min_duration") {
            guard let duration = TraceChoice.nanoseconds(text) else {
                throw Problem.badParameter("min_duration", "as 100ms, 1.5s, 20us")
            }
            choice.least = duration
        }
        let trees = try await Self.trees(context, choice, query)
        return ViewReplies.json(JSONLine.array(trees.map(Self.summary)) + "\n")
    }

    static func trees(_ context: ReadContext, _ choice: TraceChoice, _ query: QueryText) async throws -> [TraceTree] {
        var filter = LogFilter()
        filter.signals = ["otel.span"]
        filter.from = try query.moment("from")
        filter.to = try query.moment("to")
        return choice.trees(try await context.workspace.spans(where: filter, offsets: offsetsMax, most: 200_000))
    }

    private static func summary(_ tree: TraceTree) -> String {
        var line = JSONLine()
        line.field("trace_id", tree.root?.traceID)
        line.field("time", RFC3339.text(Timestamp(nanoseconds: tree.start)))
        line.field("service", tree.root?.service)
        line.field("name", tree.root?.name)
        line.field("duration_ms", Double(tree.end &- tree.start) / 1_000_000)
        line.field("spans", tree.nodes.count)
        line.field("errors", tree.errors)
        return line.text
    }

    private static func json(_ tree: TraceTree) -> String {
        var line = JSONLine()
        line.field("trace_id", tree.root?.traceID)
        line.field("time", RFC3339.text(Timestamp(nanoseconds: tree.start)))
        line.field("duration_ms", Double(tree.end &- tree.start) / 1_000_000)
        line.field("errors", tree.errors)
        line.field("services", json: JSONLine.array(tree.services.map(JSONLine.string)))
        line.field("missing_parents", json: JSONLine.array(tree.missing.map(JSONLine.string)))
        line.field("spans", json: JSONLine.array(tree.nodes.map { span($0, tree.start) }))
        return line.text
    }

    private static func span(_ node: TraceTree.Node, _ start: Int64) -> String {
        var line = JSONLine()
        line.field("span_id", node.span.spanID)
        line.field("parent_id", node.span.parentID)
        line.field("depth", node.depth)
        line.field("service", node.span.service)
        line.field("name", node.span.name)
        line.field("kind", node.span.kind)
        line.field("status", node.span.status)
        line.field("offset_ms", Double(node.span.start &- start) / 1_000_000)
        line.field("duration_ms", Double(node.span.duration) / 1_000_000)
        line.field("self_ms", Double(node.own) / 1_000_000)
        line.field("critical", node.isCritical)
        return line.text
    }
}
