internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveCatalog
internal import VarveIngest
internal import VarveLog
internal import VarveWire
internal import VarveWorkspace

/// What pages in browsers send: `sendBeacon` sets no header and reads no answer, so that the page's origin, and not a token, says
/// who may. With a token anybody may, as elsewhere.
struct BeaconsIn: Sendable {
    let state: ServerState

    /// Paths whose requests come from pages of other sites.
    static let paths: Set<String> = ["/api/metrics/rum", "/api/errors", "/api/telemetry/resilience"]
    private static let bytesMax = 64 << 10

    /// `POST /api/metrics/rum`, `POST /api/errors`: 204.
    func measured(_ request: Request, context: RootContext) async throws -> Response {
        let isErrors = request.uri.path == "/api/errors"
        _ = try await take(request, context, .atomic) { object in
            // A rejection has no line; the document's tracker does not say what it is.
            let says = ["type", "signal", "event", "kind", "lineno"].contains { object[$0] != nil }
            return isErrors && !says ? "unhandled_promise_rejection" : nil
        }
        return Response(status: .noContent, headers: headers(request))
    }

    /// `POST /api/telemetry/resilience`: the receipt.
    func resilience(_ request: Request, context: RootContext) async throws -> Response {
        let (receipt, refused) = try await take(request, context, .bookiji) { _ in nil }
        var fields = headers(request)
        fields[.contentType] = "application/json"
        return Response(
            status: .ok, headers: fields, body: .init(byteBuffer: ByteBuffer(string: ReceiptText.json(receipt, refused))))
    }

    /// What a browser asks before it sends anything but plain text.
    func preflight(_ request: Request, context: RootContext) throws -> Response {
        guard let origin = request.headers[.origin], isListed(origin) else { throw Self.foreign }
        var fields = headers(request)
        fields[.accessControlAllowMethods] = "POST"
        fields[.accessControlAllowHeaders] = "content-type"
        fields[.accessControlMaxAge] = "86400"
        return Response(status: .noContent, headers: fields)
    }

    private static let foreign = Problem(403, "origin_not_listed", "the page's origin is not in serve.origins")

    private func isListed(_ origin: String) -> Bool {
        let origins = state.live.origins
        return origins.contains(origin) || origins.contains("*") && origin != "null"
    }

    private func headers(_ request: Request) -> HTTPFields {
        var fields: HTTPFields = [.cacheControl: "no-store", .vary: "Origin"]
        if let origin = request.headers[.origin], isListed(origin) { fields[.accessControlAllowOrigin] = origin }
        return fields
    }

    private func take(
        _ request: Request, _ context: RootContext, _ system: CatalogSystem, kind: @Sendable ([String: Any]) -> String?
    ) async throws -> (IngestReceipt, [Rejection]) {
        try QueryText(request).allow([])
        let mayWrite = context.caller?.may(.write) == true
        if let origin = request.headers[.origin] {
            // Whoever is no browser can say any origin: that of this machine is enough only where no token is asked for.
            guard isListed(origin) || mayWrite && isOwn(origin) else { throw Self.foreign }
        } else if !mayWrite {
            throw Problem(403, "forbidden", "a page says its origin, and others show a token with the scope write")
        }
        try state.beacons.check(context.address ?? "", perMinute: state.live.beaconsPerMinute)
        guard case .ready(let home) = state.now else { throw Problem(503, "starting", "the server starts", retryAfter: 1) }
        let body = try await request.body.collect(upTo: Self.bytesMax)
        let workspace = WritableWorkspace(home.workspace)
        return try await RecordsIn(state: state).append(Array(buffer: body), to: workspace, system, kind: kind)
    }

    /// A page of this machine.
    private func isOwn(_ origin: String) -> Bool {
        let host = origin.firstRange(of: "://").flatMap { RequestOrigin.host(String(origin[$0.upperBound...])) }
        return host.map { ListenAddress(host: $0, port: 0).isLoopback } ?? false
    }
}
