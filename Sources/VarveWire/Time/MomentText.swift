public import VarveEvents

/// A time as typed by a user: `2026-01-21`, `2026-01-21T14:00`, the same with a zone, RFC 3339, or a number since 1970. Without
/// a zone it is UTC, or in a query of a view the view's zone.
public struct MomentText: Sendable {
    /// What a text may look like, for messages that refuse one.
    public static let forms = "2026-01-21, 2026-01-21T14:00, RFC 3339, or seconds or milliseconds since 1970"

    /// In UTC if no zone was given.
    public let timestamp: Timestamp
    /// Whether the text includes a zone; a number needs none.
    public let hasZone: Bool

    /// Nil if the text is not a time.
    public init?(_ text: String) {
        if let number = Int64(text), text.utf8.count > 8 {
            let (nanoseconds, overflow) = number.multipliedReportingOverflow(by: Self.unit(number).nanoseconds)
            if overflow { return nil }
            timestamp = Timestamp(nanoseconds: nanoseconds)
            hasZone = true
            return
        }
        var typed = Array(text.utf8)
        if typed.count > Self.minute {
            // In an address, the + of an offset that was not percent-encoded.
            if typed[typed.count - 6] == 0x20 { typed[typed.count - 6] = 0x2B }
            // A minute with a zone.
            if Self.zoneStarts.contains(typed[Self.minute]) { typed.insert(contentsOf: ":00".utf8, at: Self.minute) }
        }
        // Missing parts at the end mean the beginning of the day, minute or second.
        for rest in ["", "Z", ":00Z", "T00:00:00Z"] {
            let whole = typed + Array(rest.utf8)
            if let nanoseconds = whole.withUnsafeBytes({ RFC3339.parse($0) }) {
                timestamp = Timestamp(nanoseconds: nanoseconds)
                hasZone = rest.isEmpty
                return
            }
        }
        return nil
    }

    /// The length of `2026-01-21T14:00`.
    private static let minute = 16
    private static let zoneStarts = Array("Zz+-".utf8)

    /// The unit of a number, by its size. A number below 10¹¹ would as milliseconds lie before March 1973.
    private static func unit(_ number: Int64) -> TimeUnit {
        switch number.magnitude {
        case ..<100_000_000_000: .seconds
        case ..<100_000_000_000_000: .milliseconds
        case ..<100_000_000_000_000_000: .microseconds
        default: .nanoseconds
        }
    }
}
