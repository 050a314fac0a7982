internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarvePages

/// A form that a page of this server sent: its fields, in their order. One that came from elsewhere is refused: a browser adds
/// what it knows of a user to any request, so a page of another site could act in that user's name.
struct FormBody: Sendable {
    private(set) var items: [FormRefusal.Field] = []
    private static let bytesMax = 64 << 10
    private static let itemsMax = 256

    init(_ request: Request) async throws {
        try Self.checkOrigin(request)
        let type = request.headers[.contentType]?.lowercased() ?? ""
        guard type.split(separator: ";").first?.filter({ $0 != " " }) == "application/x-www-form-urlencoded" else {
            throw Problem(415, "unsupported_media_type", "a form is application/x-www-form-urlencoded")
        }
        let buffer: ByteBuffer
        do { buffer = try await request.body.collect(upTo: Self.bytesMax) } catch {
            throw Problem(413, "too_large", "the form is larger than \(Self.bytesMax) bytes")
        }
        guard let text = String(validating: buffer.readableBytesView, as: UTF8.self) else { throw Self.bad }
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard items.count < Self.itemsMax, let name = QueryText.decode(parts[0]),
                let value = QueryText.decode(parts.count > 1 ? parts[1] : "")
            else { throw Self.bad }
            items.append(.init(name, value))
        }
    }

    private static let bad = Problem(400, "bad_form", "the form is not percent-encoded UTF-8, or has too many fields")

    /// By what the browser says of the page that asks; every browser says it of a form.
    private static func checkOrigin(_ request: Request) throws(Problem) {
        let refusal = Problem(403, "cross_site", "a page of another site may not do this")
        if let site = request.headers[.secFetchSite] {
            guard site == "same-origin" else { throw refusal }
            return
        }
        guard let origin = request.headers[.origin] else {
            throw Problem(400, "no_origin", "forms are sent by pages; programs ask the paths below /api/v1")
        }
        guard let authority = request.head.authority, ["http://\(authority)", "https://\(authority)"].contains(origin) else {
            throw refusal
        }
    }

    /// Without blanks around it; nil for an empty one.
    func first(_ name: String) -> String? { all(name).first }

    func all(_ name: String) -> [String] {
        items.filter { $0.name == name }.map { Self.trimmed($0.value) }.filter { !$0.isEmpty }
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        var end = start
        while end.last?.isWhitespace ?? false { end.removeLast() }
        return String(end)
    }

    /// The page that the form stood on, as an address of this server; nil for anything else.
    var back: PageState? {
        guard let text = first("back"), text.hasPrefix("/"), !text.hasPrefix("//"), text.utf8.count <= 8_192,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), let query = try? QueryText(text)
        else { return nil }
        let path = text.prefix { $0 != "?" && $0 != "#" }
        return PageState(path: String(path), items: query.items.map { .init($0.name, $0.value) })
    }
}
