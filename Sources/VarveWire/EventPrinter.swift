public import VarveEvents

/// Prints events as NDJSON lines that `ingest` accepts: the output reads back as the same events.
///
///     {"offset":7,"observed":"2026-01-31T23:59:59.5Z","id":"a1","time":"2026-01-31T23:59:59Z","signal":"retry.success",
///      "component":"Cart","session_id":"s1","data":{"attempt":2,"duration_ms":12.0}}
///
/// Keys are in this order, attributes are sorted by name, absent fields are omitted; `data` is always present. Times are RFC 3339
/// in UTC with up to nine fractional digits. Doubles are the shortest text that reads back, always with a fraction or exponent.
public struct EventPrinter: Sendable {
    private var writer = JSONWriter()

    public init() {}

    /// The lines written so far.
    public var bytes: [UInt8] { writer.bytes }

    /// Clears the lines, keeping the memory.
    public mutating func removeAll() {
        writer.bytes.removeAll(keepingCapacity: true)
    }

    /// Appends the line of `event`, including the newline; with `offset` if it comes from a log.
    public mutating func print(_ event: Event, offset: Offset? = nil) {
        writer.raw("{")
        if let offset { writer.raw("\"offset\":\(offset.value),") }
        if let observed = event.observed { writer.raw("\"observed\":\"\(RFC3339.text(observed))\",") }
        if let id = event.id {
            writer.raw("\"id\":")
            writer.string(id)
            writer.raw(",")
        }
        writer.raw("\"time\":\"\(RFC3339.text(event.time))\",\"signal\":")
        writer.string(event.signal)
        field("tenant", event.tenant)
        field("component", event.component)
        field("session_id", event.session)
        field("user_id", event.user)
        writer.raw(",\"data\":{")
        for (index, attribute) in event.attributes.enumerated() {
            if index > 0 { writer.raw(",") }
            writer.string(attribute.name)
            writer.raw(":")
            value(attribute.value)
        }
        writer.raw("}}\n")
    }

    private mutating func field(_ name: String, _ text: String?) {
        guard let text else { return }
        writer.raw(",\"\(name)\":")
        writer.string(text)
    }

    private mutating func value(_ value: Value) {
        switch value {
        case .int64(let value): writer.raw(String(value))
        case .double(let value): writer.double(value)
        case .bool(let value): writer.raw(value ? "true" : "false")
        case .string(let text): writer.string(text)
        case .json(let text): writer.raw(text)
        }
    }
}
