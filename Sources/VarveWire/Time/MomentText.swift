public import VarveEvents

/// A time as typed by a user: `2026-01-21`, `2026-01-21T14:00`, RFC 3339, or milliseconds since 1970. Without a zone it is UTC,
/// or in a query of a view the view's zone.
public struct MomentText: Sendable {
    /// In UTC if no zone was given.
    public let timestamp: Timestamp
    /// Whether the text includes a zone; a number of milliseconds needs none.
    public let hasZone: Bool

    /// Nil if the text is not a time.
    public init?(_ text: String) {
        if let milliseconds = Int64(text), text.utf8.count > 8 {
            let (nanoseconds, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
            if overflow { return nil }
            timestamp = Timestamp(nanoseconds: nanoseconds)
            hasZone = true
            return
        }
        // Missing parts at the end mean the beginning of the day, minute or second.
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
