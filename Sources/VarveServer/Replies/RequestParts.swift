internal import Foundation
internal import Hummingbird

extension RequestContext {
    /// A parameter of the path, decoded.
    func pathParameter(_ name: String) throws(Problem) -> String {
        guard let raw = parameters.get(name), let text = QueryText.decode(raw, plusIsBlank: false) else {
            throw Problem(400, "bad_path", "the path is not percent-encoded UTF-8")
        }
        return text
    }
}

extension Request {
    /// The body as a small JSON object.
    ///
    /// - Parameters:
    ///   - most: The largest body taken, in bytes.
    ///   - empty: What a request without a body says; nil refuses it.
    /// - Throws: 413 for a larger body, 400 for one that is no such object.
    func json<Body: Decodable>(_ type: Body.Type, most: Int, empty: Body? = nil) async throws -> Body {
        guard let buffer = try? await body.collect(upTo: most) else {
            throw Problem(413, "too_large", "the body is larger than \(most) bytes")
        }
        if buffer.readableBytes == 0, let empty { return empty }
        guard let object = try? JSONDecoder().decode(type, from: Data(buffer.readableBytesView)) else {
            throw Problem(400, "bad_body", "the body is no JSON object of the fields of this route")
        }
        return object
    }
}
