/// What became of one attempt to deliver. There is no other way for an attempt to end.
public enum DeliveryOutcome: Hashable, Sendable {
    /// Why it was not delivered.
    public enum Cause: String, CaseIterable, Sendable {
        /// The receiver took too long.
        case timeout
        /// The connection could not be made, or broke.
        case connection
        /// Too much at once: 429.
        case rateLimited = "rate_limited"
        /// The receiver failed: 5xx, 408, or a mail server's 4yz.
        case receiver
        /// The receiver refuses the message: other 4xx, a redirection, or a mail server's 5yz.
        case refused
        /// The address may not be reached from here.
        case address
        /// The channel is not set up as it must be.
        case configuration
    }

    case delivered
    /// May be tried again, not before `after` seconds where the receiver says so.
    case retry(after: Double?, Cause, String)
    /// Trying again would not help.
    case refused(Cause, String)
}
