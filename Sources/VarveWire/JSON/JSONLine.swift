/// One flat JSON object on a line of its own, its fields in the order in which they are added.
public struct JSONLine: Sendable {
    private var writer = JSONWriter()
    private var isFirst = true

    public init() {}

    /// Adds a text, or null.
    public mutating func field(_ name: String, _ value: String?) {
        begin(name)
        if let value { writer.string(value) } else { writer.raw("null") }
    }

    /// Adds a whole number, or null.
    public mutating func field(_ name: String, _ value: (some BinaryInteger)?) {
        begin(name)
        writer.raw(value.map { "\($0)" } ?? "null")
    }

    /// Adds true or false.
    public mutating func field(_ name: String, _ value: Bool) {
        begin(name)
        writer.raw(value ? "true" : "false")
    }

    /// Adds a number; null for none, and for what is not finite.
    public mutating func field(_ name: String, _ value: Double?) {
        begin(name)
        if let value { writer.double(value) } else { writer.raw("null") }
    }

    /// Adds a field whose value is JSON already.
    public mutating func field(_ name: String, json: String) {
        begin(name)
        writer.raw(json)
    }

    /// The object, without the end of the line.
    public var text: String { (isFirst ? "{" : "") + String(decoding: writer.bytes, as: UTF8.self) + "}" }

    private mutating func begin(_ name: String) {
        writer.raw(isFirst ? "{" : ",")
        isFirst = false
        writer.string(name)
        writer.raw(":")
    }

    /// Bytes in base64.
    public static func base64(_ bytes: [UInt8]) -> String {
        var writer = JSONWriter()
        writer.base64(bytes)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// An array of what is JSON already.
    public static func array(_ items: some Sequence<String>) -> String { "[" + items.joined(separator: ",") + "]" }

    /// A text as a JSON string.
    public static func string(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
