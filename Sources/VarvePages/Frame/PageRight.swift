/// What somebody who looks at pages may do beside looking.
public enum PageRight: String, CaseIterable, Sendable {
    /// Acknowledge, resolve and silence alerts, and set rules.
    case alerts
    /// Append events: notes, incidents.
    case write
    /// Make and revoke tokens, try channels.
    case admin
}
