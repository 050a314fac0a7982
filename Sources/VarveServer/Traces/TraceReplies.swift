internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveLog
internal import VarveWire

/// Traces out of the log's spans.
struct TraceReplies: Sendable {
    /// `GET /api/v1/traces/{id}`
    func trace(_ request: Request, context: ReadContext) async throws -> Response {
        let tree = try await Self.tree(context)
        return ViewReplies.json(TraceReport(tree).json + "\n")
    }

    static func tree(_ context: ReadContext) async throws -> TraceTree {
        guard let whole = TraceReport.id(context.parameters.get("id") ?? "") else {
            throw Problem(400, "bad_trace_id", "a trace's id has 32 hexadecimal digits")
        }
        let spans = try await context.workspace.spans(
            where: TraceReport.filter(whole), offsets: .max, most: TraceReport.spansMax)
        let tree = TraceTree(spans)
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
        var filter = TraceSpan.filter
        filter.from = try query.moment("from")
        filter.to = try query.moment("to")
        return choice.trees(try await context.workspace.spans(where: filter, offsets: TraceSpan.listedOffsets, most: 200_000))
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
}
