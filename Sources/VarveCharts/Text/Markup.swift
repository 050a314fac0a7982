/// Text of HTML or SVG, written so that no text can become markup: names of elements and attributes are literals of the program,
/// everything else is escaped. There is no way to write raw text.
///
///     var page = Markup()
///     page.tag("a", ["href": "/explore", "class": "m"]) { $0.text(name) }
public struct Markup: Sendable {
    private var bytes: [UInt8] = []
    /// Whether empty elements close themselves as XML demands, or as HTML has it.
    public let isXML: Bool

    public init(isXML: Bool = false) { self.isXML = isXML }

    /// What was written.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// Its length in UTF-8.
    public var byteCount: Int { bytes.count }

    /// Text, escaped.
    public mutating func text(_ text: String) { escape(text, inAttribute: false) }

    /// An element with what `body` writes in it.
    public mutating func tag(
        _ name: StaticString, _ attributes: Attributes = [:], _ body: (inout Markup) throws -> Void
    ) rethrows {
        open(name, attributes)
        bytes.append(UInt8(ascii: ">"))
        try body(&self)
        close(name)
    }

    /// An element with text in it.
    public mutating func tag(_ name: StaticString, _ attributes: Attributes = [:], text: String) {
        tag(name, attributes) { $0.text(text) }
    }

    /// An element without content: `<br>`, `<path …/>`.
    public mutating func void(_ name: StaticString, _ attributes: Attributes = [:]) {
        open(name, attributes)
        bytes += isXML ? Array("/>".utf8) : Array(">".utf8)
    }

    /// An element of SVG without content, which closes itself in HTML too.
    public mutating func shape(_ name: StaticString, _ attributes: Attributes) {
        open(name, attributes)
        bytes += Array("/>".utf8)
    }

    /// What another one wrote: it was escaped there.
    public mutating func add(_ other: Markup) { bytes += other.bytes }

    /// `<!doctype html>` and the end of its line.
    public mutating func doctype() { bytes += Array("<!doctype html>\n".utf8) }

    /// A line end, for whoever reads the source.
    public mutating func line() { bytes.append(0x0A) }

    private mutating func open(_ name: StaticString, _ attributes: Attributes) {
        bytes.append(UInt8(ascii: "<"))
        append(name)
        for item in attributes.items {
            guard let value = item.value else { continue }
            bytes.append(0x20)
            append(item.name)
            if value.isEmpty && !isXML { continue }
            bytes += Array("=\"".utf8)
            escape(value, inAttribute: true)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private mutating func close(_ name: StaticString) {
        bytes += Array("</".utf8)
        append(name)
        bytes.append(UInt8(ascii: ">"))
    }

    private mutating func append(_ name: StaticString) {
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func escape(_ text: String, inAttribute: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): bytes += Array("&amp;".utf8)
            case UInt8(ascii: "<"): bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): bytes += Array("&gt;".utf8)
            case UInt8(ascii: "\"") where inAttribute: bytes += Array("&quot;".utf8)
            // No parser keeps other control characters, and XML forbids them.
            case 0..<0x20 where byte != 0x09 && byte != 0x0A: bytes += Array("\u{FFFD}".utf8)
            default: bytes.append(byte)
            }
        }
    }
}
