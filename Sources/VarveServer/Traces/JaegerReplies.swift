internal import HTTPTypes
internal import Hummingbird
internal import VarveEvents
internal import VarveLog
internal import VarveWire

/// Jaeger's query API, as Grafana's data source asks it: under `/jaeger`.
struct JaegerReplies: Sendable {
    private func latest(_ context: ReadContext) async throws -> [TraceSpan] {
        try await context.workspace.spans(where: TraceSpan.filter, offsets: TraceSpan.listedOffsets, most: 200_000)
    }

    func services(_ request: Request, context: ReadContext) async throws -> Response {
        Self.list(Set(try await latest(context).map(\.service)).sorted().map(JSONLine.string))
    }

    /// `/api/services/{service}/operations`
    func names(_ request: Request, context: ReadContext) async throws -> Response {
        let service = context.parameters.get("service").flatMap { QueryText.decode($0, plusIsBlank: false) }
        let spans = try await latest(context).filter { $0.service == service }
        return Self.list(Set(spans.map(\.name)).sorted().map(JSONLine.string))
    }

    /// `/api/operations?service=`
    func operations(_ request: Request, context: ReadContext) async throws -> Response {
        let service = try QueryText(request).first("service")
        let spans = try await latest(context).filter { $0.service == service }
        let pairs = Set(spans.map { [$0.name, $0.kind] }).sorted { $0.lexicographicallyPrecedes($1) }
        return Self.list(
            pairs.map { pair in
                var line = JSONLine()
                line.field("name", pair[0])
                line.field("spanKind", pair[1])
                return line.text
            })
    }

    func traces(_ request: Request, context: ReadContext) async throws -> Response {
        let query = try QueryText(request)
        var choice = TraceChoice()
        choice.service = query.first("service").flatMap { $0.isEmpty ? nil : $0 }
        choice.name = query.first("operation").flatMap { $0.isEmpty || $0 == "all" ? nil : $0 }
        choice.limit = try query.number("limit", in: 0...1_500) ?? 20
        if let text = query.first("minDuration"), !text.isEmpty {
            guard let least = TraceChoice.nanoseconds(text) else { throw Problem.badParameter("minDuration", "as 100ms") }
            choice.least = least
        }
        choice.errorsOnly = query.first("tags")?.contains("\"error\":\"true\"") ?? false
        var filter = TraceSpan.filter
        filter.from = Self.moment(query.first("start"))
        filter.to = Self.moment(query.first("end"))
        let spans = try await context.workspace.spans(where: filter, offsets: TraceSpan.listedOffsets, most: 200_000)
        return Self.list(choice.trees(spans).map(Self.json))
    }

    func trace(_ request: Request, context: ReadContext) async throws -> Response {
        Self.list([Self.json(try await TraceReplies.tree(context))])
    }

    /// Who called whom: a span whose parent is of another service.
    func dependencies(_ request: Request, context: ReadContext) async throws -> Response {
        let spans = try await latest(context)
        var services: [String: String] = [:]
        for span in spans { services[span.traceID + span.spanID] = span.service }
        var calls: [[String]: Int] = [:]
        for span in spans {
            guard let parent = span.parentID, let caller = services[span.traceID + parent], caller != span.service else {
                continue
            }
            calls[[caller, span.service], default: 0] += 1
        }
        let pairs = calls.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return Self.list(
            pairs.map { pair, count in
                var line = JSONLine()
                line.field("parent", pair[0])
                line.field("child", pair[1])
                line.field("callCount", count)
                return line.text
            })
    }

    /// Microseconds since 1970.
    private static func moment(_ text: String?) -> Timestamp? {
        guard let text, let microseconds = Int64(text) else { return nil }
        let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
        return overflow ? nil : Timestamp(nanoseconds: product)
    }

    private static func list(_ items: [String]) -> Response {
        ViewReplies.json("{\"data\":\(JSONLine.array(items)),\"total\":\(items.count),\"limit\":0,\"offset\":0,\"errors\":null}")
    }

    private static func json(_ tree: TraceTree) -> String {
        var places: [String: Int] = [:]
        var processes = JSONLine()
        for (place, service) in tree.services.enumerated() {
            places[service] = place + 1
            processes.field("p\(place + 1)", json: "{\"serviceName\":\(JSONLine.string(service)),\"tags\":[]}")
        }
        var line = JSONLine()
        line.field("traceID", tree.root?.traceID)
        line.field(
            "spans", json: JSONLine.array(tree.nodes.map { span($0.span, places[$0.span.service] ?? 1) }))
        line.field("processes", json: processes.text)
        line.field("warnings", nil as String?)
        return line.text
    }

    private static func span(_ span: TraceSpan, _ process: Int) -> String {
        var line = JSONLine()
        line.field("traceID", span.traceID)
        line.field("spanID", span.spanID)
        line.field("operationName", span.name)
        let parent = span.parentID.map { parent in
            var reference = JSONLine()
            reference.field("refType", "CHILD_OF")
            reference.field("traceID", span.traceID)
            reference.field("spanID", parent)
            return reference.text
        }
        line.field("references", json: JSONLine.array([parent].compactMap { $0 }))
        line.field("startTime", span.start / 1_000)
        line.field("duration", span.duration / 1_000)
        var tags = span.attributes.filter { $0.name != "events" && $0.name != "links" }.map { tag($0.name, $0.value) }
        tags.append(tag("span.kind", .string(span.kind)))
        if span.isError { tags.append(tag("error", .bool(true))) }
        line.field("tags", json: JSONLine.array(tags))
        line.field("logs", json: "[]")
        line.field("processID", "p\(process)")
        line.field("warnings", nil as String?)
        return line.text
    }

    private static func tag(_ name: String, _ value: Value) -> String {
        var line = JSONLine()
        line.field("key", name)
        switch value {
        case .int64(let number):
            line.field("type", "int64")
            line.field("value", number)
        case .double(let number):
            line.field("type", "float64")
            line.field("value", number)
        case .bool(let flag):
            line.field("type", "bool")
            line.field("value", flag)
        case .string(let text), .json(let text):
            line.field("type", "string")
            line.field("value", text)
        }
        return line.text
    }
}
