internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveWire

/// A refusal as RFC 9457 has it. Its code is stable; its sentence says what happened, never a path or anything of the inside.
struct Problem: Error {
    var status: Int
    var code: String
    var detail: String
    /// Seconds after which the request may be made again.
    var retryAfter: Int?

    init(_ status: Int, _ code: String, _ detail: String, retryAfter: Int? = nil) {
        self.status = status
        self.code = code
        self.detail = detail
        self.retryAfter = retryAfter
    }

    static let unauthorized = Problem(401, "unauthorized", "this needs a token: Authorization: Bearer …")
    static func forbidden(_ scope: AccessScope) -> Problem {
        Problem(403, "forbidden", "the token has not the scope \(scope.rawValue)")
    }
    static func badParameter(_ name: String, _ what: String) -> Problem { Problem(400, "bad_parameter", "\(name): \(what)") }

    var text: String {
        var object = JSONLine()
        object.field("type", "urn:varve:problem:\(code)")
        object.field("title", title)
        object.field("status", status)
        object.field("code", code)
        object.field("detail", detail)
        return object.text + "\n"
    }

    /// The words beside the status.
    var title: String { Self.titles[status] ?? "Refused" }

    private static let titles = [
        400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 409: "Conflict",
        410: "Gone", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 421: "Misdirected Request",
        429: "Too Many Requests", 500: "Internal Server Error", 503: "Service Unavailable", 507: "Insufficient Storage",
    ]

    /// After its answer the connection is closed: what the client still sends of its body is not awaited.
    private struct Closing: Error {}

    /// - Parameter closes: Whether the connection is closed behind it.
    func response(closes: Bool = false) -> Response {
        var headers: HTTPFields = [.contentType: "application/problem+json", .cacheControl: "no-store"]
        if let retryAfter { headers[.retryAfter] = "\(retryAfter)" }
        if status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        let buffer = ByteBuffer(string: text)
        guard closes else {
            return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: buffer))
        }
        headers[.connection] = "close"
        return Response(
            status: .init(code: status), headers: headers,
            body: ResponseBody(contentLength: buffer.readableBytes) { writer in
                try await writer.write(buffer)
                try await writer.finish(nil)
                throw Closing()
            })
    }
}
