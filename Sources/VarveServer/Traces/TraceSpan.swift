internal import VarveEvents

/// A span as an event of the log has it.
struct TraceSpan: Sendable {
    let traceID: String
    let spanID: String
    /// Nil for a root.
    let parentID: String?
    let name: String
    let service: String
    let kind: String
    let status: String
    /// Nanoseconds since 1970.
    let start: Int64
    /// Nanoseconds.
    let duration: Int64
    let attributes: [Attribute]

    private static let own: Set<String> = [
        "trace_id", "span_id", "parent_id", "name", "kind", "status", "duration_ms",
    ]

    /// Nil for an event that is none.
    init?(_ event: Event) {
        guard let traceID = event.text("trace_id"), let spanID = event.text("span_id") else { return nil }
        self.traceID = traceID
        self.spanID = spanID
        parentID = event.text("parent_id")
        name = event.text("name") ?? ""
        service = event.component ?? ""
        kind = event.text("kind") ?? "internal"
        status = event.text("status") ?? "unset"
        start = event.time.nanoseconds
        duration = max(0, Int64(exactly: ((event.number("duration_ms") ?? 0) * 1_000_000).rounded()) ?? 0)
        attributes = event.attributes.filter { !Self.own.contains($0.name) }
    }

    var end: Int64 { start &+ duration }
    var isError: Bool { status == "error" }
}

extension Event {
    func text(_ name: String) -> String? {
        guard case .string(let text)? = self[attribute: name], !text.isEmpty else { return nil }
        return text
    }

    func number(_ name: String) -> Double? {
        switch self[attribute: name] {
        case .int64(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}
