/// What an update had to do.
public struct StandingUpdate: Hashable, Sendable {
    /// Parts of the log: segments, and the base where there is one.
    public var parts = 0
    /// Parts of which events were read and folded, and how many events that were.
    public var folded = 0
    public var events: UInt64 = 0
    /// Parts that were taken from `states/`.
    public var cached = 0
    /// Parts that are gone.
    public var removed = 0
    /// Buckets of all views that were added up again.
    public var buckets = 0
}
