public import VarveEvents

/// A moment as it is typed: `2026-01-21`, `2026-01-21T14:00`, RFC 3339, or milliseconds since 1970. Without a zone it is UTC, or
/// of a question to a view the zone of that view.
public struct MomentText: Sendable {
    /// With UTC where no zone was typed.
    public let timestamp: Timestamp
    /// Whether the text says of which zone it is; a number of milliseconds needs none.
    public let hasZone: Bool

    /// Nil for a text that is no moment.
    public init?(_ text: String) {
        if let milliseconds = Int64(text), text.utf8.count > 8 {
            let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            if overflow { return nil }
            timestamp = Timestamp(nanoseconds: nanoseconds)
            hasZone = true
            return
        }
        // Whatever is missing at the end of a full date-time is its beginning of day, minute or second.
        for rest in ["", "Z", ":00Z", "T00:00:00Z"] {
            var text = text + rest
            if let nanoseconds = text.withUTF8({ RFC3339.parse(UnsafeRawBufferPointer($0)) }) {
                timestamp = Timestamp(nanoseconds: nanoseconds)
                hasZone = rest.isEmpty
                return
            }
        }
        return nil
    }
}
