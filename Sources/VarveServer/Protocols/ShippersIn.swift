internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveEvents
internal import VarveIngest
internal import VarveWire

/// Loki's pushes, InfluxDB's lines, Sentry's envelopes and Alertmanager's alerts.
struct ShippersIn: Sendable {
    let documents: DocumentIn

    /// `/loki/api/v1/push`
    func loki(_ request: Request, context: WriteContext) async throws -> Response {
        let type = (request.headers[.contentType] ?? "").lowercased()
        let isJSON = type.hasPrefix("application/json")
        guard isJSON || type.hasPrefix("application/x-protobuf") else {
            throw Problem(415, "unsupported_media_type", "a push comes as application/json or application/x-protobuf")
        }
        let result = try await documents.take(
            request, context.workspace, .lokiPush, isPlain: !isJSON,
            change: { $0.encodingOfDocument = isJSON ? .json : .protobuf })
        return Self.plain(result, taken: .noContent)
    }

    /// `/write`, `/api/v2/write`
    func influx(_ request: Request, context: WriteContext) async throws -> Response {
        let unit = try Self.unit(try QueryText(request).first("precision"))
        let result = try await documents.take(request, context.workspace, .influxLines, change: { $0.timeUnit = unit })
        guard let refusal = result.summary.documentProblem ?? result.refusal else { return Response(status: .noContent) }
        var error = JSONLine()
        error.field("code", "invalid")
        error.field("message", "partial write: \(refusal)")
        error.field("error", "partial write: \(refusal)")
        return ViewReplies.json(error.text, status: .badRequest)
    }

    private static func unit(_ precision: String?) throws(Problem) -> TimeUnit {
        switch precision {
        case nil, "", "n", "ns": .nanoseconds
        case "u", "us", "µ": .microseconds
        case "ms": .milliseconds
        case "s": .seconds
        default: throw .badParameter("precision", "ns, us, ms or s")
        }
    }

    /// What clients of InfluxDB 1 ask before they write: there are no databases to be made.
    func influxQuery(_ request: Request, context: WriteContext) -> Response {
        ViewReplies.json("{\"results\":[{\"statement_id\":0}]}")
    }

    func influxPing(_ request: Request, context: RootContext) -> Response {
        var response = Response(status: .noContent)
        if let name = HTTPField.Name("X-Influxdb-Version") { response.headers[name] = "v2.7.0" }
        return response
    }

    /// `/api/{project}/envelope/`
    func envelope(_ request: Request, context: WriteContext) async throws -> Response {
        try await sentry(request, context, .sentryEnvelope)
    }

    /// `/api/{project}/store/`
    func store(_ request: Request, context: WriteContext) async throws -> Response {
        try await sentry(request, context, .sentryEvent)
    }

    private func sentry(_ request: Request, _ context: WriteContext, _ format: InputFormat) async throws -> Response {
        guard let project = context.parameters.get("project"), project.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw Problem(404, "not_found", "a project is a number")
        }
        let result = try await documents.take(request, context.workspace, format, change: { _ in })
        guard let refusal = result.summary.documentProblem ?? (result.receipt.isAllRefused ? result.refusal : nil) else {
            return ViewReplies.json("{}")
        }
        var error = JSONLine()
        error.field("detail", refusal)
        return ViewReplies.json(error.text, status: .badRequest)
    }

    /// `/alertmanager/webhook`, `/api/v2/alerts`
    func alerts(_ request: Request, context: WriteContext) async throws -> Response {
        let result = try await documents.take(request, context.workspace, .alertmanager, change: { _ in })
        guard let refusal = result.summary.documentProblem ?? result.refusal else { return Response(status: .ok) }
        return ViewReplies.json(JSONLine.string(refusal), status: .badRequest)
    }

    private static func plain(_ result: DocumentIn.Result, taken: HTTPResponse.Status) -> Response {
        guard let refusal = result.summary.documentProblem ?? result.refusal else { return Response(status: taken) }
        return Response(
            status: .badRequest, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: refusal + "\n")))
    }
}
