/// One flat JSON object as a line, with its fields in the order in which they are added.
public struct JSONLine: Sendable {
    private var writer = JSONWriter()
    private var isFirst = true

    public init() {}

    /// Adds a text, or null.
    public mutating func field(_ name: String, _ value: String?) {
        begin(name)
        if let value { writer.string(value) } else { writer.raw("null") }
    }

    /// Adds an integer, or null.
    public mutating func field(_ name: String, _ value: (some BinaryInteger)?) {
        begin(name)
        writer.raw(value.map { "\($0)" } ?? "null")
    }

    /// Adds true or false.
    public mutating func field(_ name: String, _ value: Bool) {
        begin(name)
        writer.raw(value ? "true" : "false")
    }

    /// Adds a number; null for nil and for values that are not finite.
    public mutating func field(_ name: String, _ value: Double?) {
        begin(name)
        if let value { writer.double(value) } else { writer.raw("null") }
    }

    /// Adds a field with a JSON value.
    public mutating func field(_ name: String, json: String) {
        begin(name)
        writer.raw(json)
    }

    /// The object, without a newline.
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

    /// An array of JSON values.
    public static func array(_ items: some Sequence<String>) -> String { "[" + items.joined(separator: ",") + "]" }

    /// A text as a JSON string.
    public static func string(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
