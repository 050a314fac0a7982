import VarveLog
import VarveWire

/// One flat JSON object on a line of its own, its fields in the order in which they are added.
struct JSONLine {
    private var writer = JSONWriter()
    private var isFirst = true

    mutating func field(_ name: String, _ value: String?) {
        begin(name)
        if let value { writer.string(value) } else { writer.raw("null") }
    }

    mutating func field(_ name: String, _ value: some BinaryInteger) {
        begin(name)
        writer.raw("\(value)")
    }

    mutating func field(_ name: String, _ value: UInt64?) {
        begin(name)
        writer.raw(value.map { "\($0)" } ?? "null")
    }

    mutating func field(_ name: String, _ value: Bool) {
        begin(name)
        writer.raw(value ? "true" : "false")
    }

    mutating func field(_ name: String, _ value: Double?) {
        begin(name)
        if let value { writer.double(value) } else { writer.raw("null") }
    }

    /// A field whose value is JSON already.
    mutating func field(_ name: String, json: String) {
        begin(name)
        writer.raw(json)
    }

    /// Faults behind the answers, as the receipt, `log info` and the status show them.
    static func array(_ errors: [BackgroundError]) -> String {
        let objects = errors.map { error in
            var line = JSONLine()
            line.field("since", RFC3339.text(error.since))
            line.field("place", error.place)
            line.field("message", error.message)
            line.field("count", error.count)
            return line.text
        }
        return "[" + objects.joined(separator: ",") + "]"
    }

    /// The object, without the end of the line.
    var text: String { (isFirst ? "{" : "") + String(decoding: writer.bytes, as: UTF8.self) + "}" }

    private mutating func begin(_ name: String) {
        writer.raw(isFirst ? "{" : ",")
        isFirst = false
        writer.string(name)
        writer.raw(":")
    }
}
