/// The work that an update did.
public struct StandingUpdate: Hashable, Sendable {
    /// Parts of the log: segments, and the base if there is one.
    public var parts = 0
    /// Parts whose events were read and folded, and the number of these events.
    public var folded = 0
    public var events: UInt64 = 0
    /// Parts loaded from `states/`.
    public var cached = 0
    /// Parts that no longer exist.
    public var removed = 0
    /// Buckets of all views that were merged again.
    public var buckets = 0
}
