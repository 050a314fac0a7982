internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveIngest
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// `POST /api/v1/events`: records in, durable when it answers.
struct EventsIn: Sendable {
    let state: ServerState

    func post(_ request: Request, context: WriteContext) async throws -> Response {
        let query = try QueryText(request)
        try query.allow(["format", "mapping", "signal", "durability", "time_unit"])
        let format = try EventFormat(query, request.headers, data: context.workspace.path)
        let type = request.headers[.contentType]?.lowercased() ?? ""
        let isDocument = format.isJSON && type.hasPrefix("application/json")
        return try await take(
            request, context.workspace, format, isDocument: isDocument, durability: Self.durability(query)
        ) { receipt, refused, summary in
            let status = ReceiptText.status(receipt, summary)
            return Response(
                status: .init(code: status), headers: [.contentType: "application/json"],
                body: .init(byteBuffer: ByteBuffer(string: ReceiptText.json(receipt, refused))))
        }
    }

    /// Takes a body in, and answers with what `reply` makes of its receipt.
    func take(
        _ request: Request, _ workspace: WritableWorkspace, _ format: EventFormat, isDocument: Bool,
        durability: Durability = .sync, reply: (IngestReceipt, [Rejection], InputSummary) throws -> Response
    ) async throws -> Response {
        let coding = (request.headers[.contentEncoding] ?? "").lowercased()
        let length = request.headers[.contentLength].flatMap { Int($0) }
        let place = try state.admission.enter(cost(length, isPacked: coding != "" && coding != "identity"))
        defer { withExtendedLifetime(place) {} }
        var reader = try BodyReader(
            coding: coding, isJSON: format.isJSON, isJSONDocument: isDocument, state.options.limits)
        var body = try workspace.body(
            format.decoding, IngestOptions(durability: durability, source: "http"), key: RequestKey.read(request.headers),
            policy: format.policy)
        for try await buffer in request.body { try await reader.take(buffer, into: &body) }
        try await reader.finish(into: &body)
        let (receipt, summary) = try await body.finish()
        for cause in receipt.refusals.causes {
            state.metrics.rejected(cause.reason.rawValue, cause.count)
        }
        return try reply(receipt, body.refused, summary)
    }

    /// What a body holds in memory at most: memory does not grow beyond `bytesPerBody`.
    private func cost(_ length: Int?, isPacked: Bool) -> Int {
        let most = state.options.limits.bytesPerBody
        guard let length, length <= most else { return most }
        return min(most, length * (isPacked ? 8 : 2) + (64 << 10))
    }

    static func durability(_ query: QueryText) throws(Problem) -> Durability {
        guard let text = query.first("durability") else { return .sync }
        guard let level = Durability(rawValue: text) else { throw .badParameter("durability", "sync or interval") }
        return level
    }
}
