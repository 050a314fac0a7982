internal import VarveWire

/// One JSON object, its members in the order in which they are added.
struct JSONObjectText {
    private var writer = JSONWriter()
    private var isFirst = true

    mutating func add(_ name: String, _ value: String?) {
        begin(name)
        if let value { writer.string(value) } else { writer.raw("null") }
    }

    mutating func add(_ name: String, _ value: (some BinaryInteger)?) {
        begin(name)
        writer.raw(value.map { "\($0)" } ?? "null")
    }

    mutating func add(_ name: String, _ value: Bool) {
        begin(name)
        writer.raw(value ? "true" : "false")
    }

    mutating func add(_ name: String, _ value: Double?) {
        begin(name)
        if let value, value.isFinite { writer.double(value) } else { writer.raw("null") }
    }

    /// A member whose value is JSON already.
    mutating func add(_ name: String, json: String) {
        begin(name)
        writer.raw(json)
    }

    /// The object, without a line's end.
    var text: String { (isFirst ? "{" : "") + String(decoding: writer.bytes, as: UTF8.self) + "}" }

    private mutating func begin(_ name: String) {
        writer.raw(isFirst ? "{" : ",")
        isFirst = false
        writer.string(name)
        writer.raw(":")
    }

    /// An array of what is JSON already.
    static func array(_ items: some Sequence<String>) -> String { "[" + items.joined(separator: ",") + "]" }

    /// A text as a JSON string.
    static func string(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
