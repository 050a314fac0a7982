internal import Hummingbird
internal import NIOCore

/// The fields of a form that a browser sent: `application/x-www-form-urlencoded`.
struct FormBody: Sendable {
    /// Bytes of a form.
    static let bytesMax = 64 << 10
    /// In their order.
    let fields: QueryText

    /// Reads the body, and leaves it to be read again.
    init(_ request: inout Request) async throws {
        guard Self.isForm(request) else {
            throw Problem(415, "no_form", "this takes a form: application/x-www-form-urlencoded")
        }
        let buffer: ByteBuffer
        do { buffer = try await request.collectBody(upTo: Self.bytesMax) } catch is NIOTooManyBytesError {
            throw Problem(413, "too_large", "a form has at most \(Self.bytesMax) bytes")
        }
        guard let text = String(validating: Array(buffer: buffer), as: UTF8.self) else {
            throw Problem(400, "bad_form", "the form is not UTF-8")
        }
        fields = try QueryText("?" + text)
    }

    static func isForm(_ request: Request) -> Bool {
        request.headers[.contentType]?.lowercased().hasPrefix("application/x-www-form-urlencoded") ?? false
    }

    subscript(_ name: String) -> String { fields.first(name) ?? "" }
}
