internal import HTTPTypes
internal import Hummingbird
internal import VarvePages

/// A form that a page of this server sent: its fields, in their order. One that came from elsewhere is refused: a browser adds
/// what it knows of a user to any request, so a page of another site could act in that user's name.
struct PageForm: Sendable {
    let items: [FormRefusal.Field]
    private static let itemsMax = 256

    init(_ request: Request) async throws {
        try Self.checkOrigin(request)
        var request = request
        let fields = try await FormBody(&request).fields.items
        guard fields.count <= Self.itemsMax else { throw Problem(400, "bad_form", "a form has at most \(Self.itemsMax) fields") }
        // The form token was looked at before, and is nobody's business.
        items = fields.filter { $0.name != "csrf" }.map { .init($0.name, $0.value) }
    }

    /// By what the browser says of the page that asks; every browser says it of a form.
    private static func checkOrigin(_ request: Request) throws(Problem) {
        if let site = request.headers[.secFetchSite] {
            guard site == "same-origin" else { throw RequestOrigin.crossSite }
            return
        }
        guard let origin = request.headers[.origin] else {
            throw Problem(400, "no_origin", "forms are sent by pages; programs ask the paths below /api/v1")
        }
        guard let authority = request.head.authority, ["http://\(authority)", "https://\(authority)"].contains(origin) else {
            throw RequestOrigin.crossSite
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
