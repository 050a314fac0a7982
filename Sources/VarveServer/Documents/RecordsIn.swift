internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveCatalog
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// The five systems' records at the paths of their documents.
struct RecordsIn: Sendable {
    let state: ServerState
    private static let bytesMax = 4 << 20

    /// What `POST /api/flashfusion/{operation}` may be, by the document's names.
    static let operations: Set<String> = [
        "trackCreatorBehavior", "addPODSuccessRate", "updateIntegrationHealth", "addTechDebt", "updateTechDebt", "addIncident",
        "updateIncident", "addDocumentationGap", "updateDocumentationGap", "updateConfig", "scalability_threshold",
    ]

    func flashfusion(_ request: Request, context: WriteContext) async throws -> Response {
        guard let operation = context.parameters.get("operation"), Self.operations.contains(operation) else {
            throw Problem(404, "unknown_operation", "there are \(Self.operations.sorted().joined(separator: ", "))")
        }
        return try await reply(request, context.workspace, .flashfusion) { object in
            object["signal"] == nil ? operation : nil
        }
    }

    /// `POST /api/monitoring/{metrics,alerts,thresholds}`: rows of the document's tables.
    func monitoring(_ request: Request, context: WriteContext) async throws -> Response {
        try await reply(request, context.workspace, .monitoring) { _ in nil }
    }

    /// `POST /api/chatbot/events`: with the shared secret, or a token.
    func chatbot(_ request: Request, context: RootContext) async throws -> Response {
        let shown = request.headers[.varveSecret] ?? request.headers[.internalSecret]
        let isKnown = state.live.chatbotSecret.map { secret in shown.map { TokenStore.isSame($0, secret) } ?? false } ?? false
        guard isKnown || context.caller?.may(.write) == true else {
            throw Problem(403, "forbidden", "this needs the bot's secret in X-Varve-Secret, or a token with the scope write")
        }
        guard case .ready(let home) = state.now else { throw Problem(503, "starting", "the server starts", retryAfter: 1) }
        return try await reply(request, WritableWorkspace(home.workspace), .chatbot) { _ in nil }
    }

    private func reply(
        _ request: Request, _ workspace: WritableWorkspace, _ system: CatalogSystem,
        kind: @Sendable ([String: Any]) -> String?
    ) async throws -> Response {
        try QueryText(request).allow([])
        let key = try RequestKey.read(request.headers)
        let body = try await request.body.collect(upTo: Self.bytesMax)
        let (receipt, refused) = try await append(Array(buffer: body), to: workspace, system, key: key, kind: kind)
        return Response(
            status: receipt.isAllRefused ? .badRequest : .ok, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(string: ReceiptText.json(receipt, refused))))
    }

    /// Appends the records of a small body: an object, an array of objects, or lines. `kind` says what a record is that does not
    /// say it itself.
    func append(
        _ bytes: [UInt8], to workspace: WritableWorkspace, _ system: CatalogSystem, key: BodyKey? = nil,
        kind: @Sendable ([String: Any]) -> String?
    ) async throws -> (IngestReceipt, [Rejection]) {
        let place = try state.admission.enter(bytes.count * 4 + (64 << 10))
        defer { withExtendedLifetime(place) {} }
        let lines = try Self.lines(bytes, kind)
        let decoding = DecodeOptions(
            .records, now: Timestamp(nanoseconds: wallClockNanoseconds()),
            records: RecordMapping(Catalog.shapes(of: system), signals: Catalog.signals))
        var body = try workspace.body(
            decoding, IngestOptions(durability: .sync, source: "http"), key: key,
            policy: IngestPolicy(privacy: BatchPrivacy(.standard, key: [])))
        try lines.withUnsafeBytes { try body.feed($0) }
        try await body.append()
        let (receipt, summary) = try await body.finish()
        for cause in receipt.refusals.causes { state.metrics.rejected(cause.reason.rawValue, cause.count) }
        guard receipt.received > 0 else {
            throw Problem(400, "no_records", summary.noRecordsProblem.map { "\($0)" } ?? "the body has no record")
        }
        return (receipt, body.refused)
    }

    private static func lines(_ bytes: [UInt8], _ kind: ([String: Any]) -> String?) throws(Problem) -> [UInt8] {
        var cutter = JSONObjectLines()
        var cut: [UInt8] = []
        bytes.withUnsafeBytes { cutter.feed($0, into: &cut) }
        var lines: [UInt8] = []
        for line in cut.split(separator: 0x0A) {
            let object = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
            if let object, let name = kind(object), let brace = line.firstIndex(of: UInt8(ascii: "{")) {
                let comma = object.isEmpty ? "" : ","
                lines += line[...brace] + Array("\"signal\":\(JSONLine.string(name))\(comma)".utf8)
                lines += line[(brace + 1)...]
            } else {
                lines += line
            }
            lines.append(0x0A)
        }
        // What is no object is refused as a record, with its own bytes.
        return lines.isEmpty ? bytes : lines
    }
}
