internal import HTTPTypes
internal import Hummingbird
internal import Synchronization
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveWire

/// OTLP over HTTP: `/v1/logs`, `/v1/metrics`, `/v1/traces`.
final class OTLPIn: Sendable {
    private let documents: DocumentIn

    init(_ state: ServerState) { documents = DocumentIn(state: state) }

    func logs(_ request: Request, context: WriteContext) async throws -> Response {
        try await take(request, context.workspace, .otlpLogs, "rejectedLogRecords")
    }

    func traces(_ request: Request, context: WriteContext) async throws -> Response {
        try await take(request, context.workspace, .otlpTraces, "rejectedSpans")
    }

    func metrics(_ request: Request, context: WriteContext) async throws -> Response {
        try await take(request, context.workspace, .otlpMetrics, "rejectedDataPoints")
    }

    private func take(
        _ request: Request, _ workspace: WritableWorkspace, _ format: InputFormat, _ rejectedName: String
    ) async throws -> Response {
        guard let encoding = Self.encoding(request.headers[.contentType] ?? "") else {
            throw Problem(415, "unsupported_media_type", "OTLP comes as application/x-protobuf or application/json")
        }
        let reply = OTLPReply(encoding: encoding, rejectedName: rejectedName)
        do {
            let place = try documents.place(request)
            defer { withExtendedLifetime(place) {} }
            let bytes = try await documents.bytes(request, place)
            let result = try await checked(bytes, workspace, format, encoding)
            return reply.taken(rejected: result.receipt.rejected, refusal: result.refusal)
        } catch {
            guard let problem = Problem(error) else { throw error }
            return reply.refused(problem)
        }
    }

    /// Takes a message that came as a whole, as gRPC brings them; packed as `coding` says. The result is the answer's message.
    func export(
        _ message: [UInt8], coding: String?, _ workspace: WritableWorkspace, _ format: InputFormat
    ) async throws -> [UInt8] {
        // Of a packed message it turns out only as it is unpacked how long it is; `cost` ends at the limit.
        let place = try documents.state.admission.enter(documents.cost(message.count * (coding == nil ? 1 : 4)))
        defer { withExtendedLifetime(place) {} }
        let bytes = try documents.unpacked(message, coding ?? "", place)
        let result = try await checked(bytes, workspace, format, .protobuf)
        return OTLPReply.message(rejected: result.receipt.rejected, refusal: result.refusal)
    }

    /// Appends a document that can be read to its end.
    private func checked(
        _ bytes: [UInt8], _ workspace: WritableWorkspace, _ format: InputFormat, _ encoding: DocumentEncoding
    ) async throws -> DocumentIn.Result {
        let result = try await append(bytes, workspace, format, encoding)
        if let fault = result.summary.documentProblem { throw Problem(400, "bad_document", fault) }
        documents.state.metrics.counter("varve_otlp_base64_ids_total").increment(
            by: Int64(result.summary.leftOut["(ids in base64, taken)"] ?? 0))
        return result
    }

    private func append(
        _ bytes: [UInt8], _ workspace: WritableWorkspace, _ format: InputFormat, _ encoding: DocumentEncoding
    ) async throws -> DocumentIn.Result {
        let now = Timestamp(nanoseconds: wallClockNanoseconds())
        var decoding = DecodeOptions(format, now: now)
        decoding.encodingOfDocument = encoding
        guard format == .otlpMetrics else { return try await documents.take(bytes, workspace, decoding) }
        let memory = documents.state.metricMemories.withLock { memories in
            let memory = memories[workspace.path] ?? MetricMemory()
            memories[workspace.path] = memory
            return memory
        }
        decoding.cumulative = memory.series
        return try await memory.turn.take { [documents, decoding] in
            try await memory.read(workspace, now: now)
            do {
                let result = try await documents.take(bytes, workspace, decoding)
                memory.series.commit()
                return result
            } catch {
                memory.series.discard()
                throw error
            }
        }
    }

    /// How a request that no handler saw, as while the server starts, is refused; nil for one that is none of OTLP's.
    static func reply(to request: Request) -> OTLPReply? {
        guard ["/v1/logs", "/v1/traces", "/v1/metrics"].contains(request.uri.path) else { return nil }
        return OTLPReply(encoding: encoding(request.headers[.contentType] ?? "") ?? .protobuf, rejectedName: "")
    }

    private static func encoding(_ header: String) -> DocumentEncoding? {
        let type = header.split(separator: ";").first.map { $0.filter { $0 != " " }.lowercased() } ?? ""
        return switch type {
        case "application/x-protobuf", "application/protobuf": .protobuf
        case "application/json": .json
        default: nil
        }
    }
}
