internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveWire

/// Compresses answers for clients that accept gzip.
///
/// Rows, exports, charts and scripts are compressed as they are written, in bounded memory. Not compressed are: streams of
/// events, which must leave at once; what is compressed anyway; short answers; and pages, because a page holds a secret of its
/// session beside text of the request, and lengths of compressed answers would tell the secret (the attack called BREACH).
struct PackedAnswers: RouterMiddleware {
    /// Below this many bytes a packet is saved by nothing.
    private static let least = 1_024

    func handle(
        _ request: Request, context: RootContext, next: (Request, RootContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        guard Self.isText(response.headers[.contentType] ?? "") else { return response }
        // A cache must not give a compressed answer to who does not accept one.
        let vary = response.headers[.vary].map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        response.headers[.vary] = vary
        guard request.method == .get || request.method == .post, response.status == .ok,
            response.headers[.contentEncoding] == nil, response.body.contentLength ?? .max >= Self.least,
            Self.accepts(request.headers[values: .acceptEncoding])
        else { return response }
        response.headers[.contentEncoding] = "gzip"
        response.headers[.contentLength] = nil
        // The tag names the same content, no longer the same bytes.
        if let tag = response.headers[.eTag], !tag.hasPrefix("W/") { response.headers[.eTag] = "W/\(tag)" }
        let body = response.body
        response.body = ResponseBody { writer in
            guard let deflater = BodyDeflater() else { throw HTTPError(.serviceUnavailable) }
            try await body.write(PackingWriter(writer, deflater))
        }
        return response
    }

    private static func isText(_ type: String) -> Bool {
        let kind = type.prefix { $0 != ";" }.lowercased()
        switch kind {
        case "application/json", "application/problem+json", "application/x-ndjson", "application/openapi+json", "text/csv",
            "text/plain", "text/css", "text/javascript", "application/javascript", "image/svg+xml",
            "application/openmetrics-text":
            return true
        default: return false
        }
    }

    /// Whether `Accept-Encoding` names gzip, or everything, and not with weight 0.
    static func accepts(_ values: [String]) -> Bool {
        var any: Bool?
        for item in values.joined(separator: ",").split(separator: ",") {
            let parts = item.split(separator: ";").map { String($0.filter { !$0.isWhitespace }).lowercased() }
            guard let name = parts.first else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if name == "gzip" || name == "x-gzip" { return weight > 0 }
            if name == "*" { any = weight > 0 }
        }
        return any ?? false
    }
}

/// Writes what it gets, compressed.
private struct PackingWriter: ResponseBodyWriter {
    private var writer: any ResponseBodyWriter
    private let deflater: BodyDeflater

    init(_ writer: any ResponseBodyWriter, _ deflater: BodyDeflater) {
        (self.writer, self.deflater) = (writer, deflater)
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        let packed = buffer.withUnsafeReadableBytes { deflater.deflate($0, isLast: false) }
        if !packed.isEmpty { try await writer.write(ByteBuffer(bytes: packed)) }
    }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {
        let rest = deflater.deflate(UnsafeRawBufferPointer(start: nil, count: 0), isLast: true)
        try await writer.write(ByteBuffer(bytes: rest))
        try await writer.finish(trailingHeaders)
    }
}
