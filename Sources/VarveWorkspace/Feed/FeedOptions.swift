/// What a change feed may choose.
public struct FeedOptions: Sendable {
    /// A subscriber that is further behind, in events, is told so once, until it has caught up with half of that.
    public var lagThreshold: UInt64 = 65_536
    /// Threads that read the log for subscribers.
    public var readers = 2
    /// Looks at the watermark from time to time, as where the system has no watch left. For tests.
    public var polls = false
    /// How often it looks then.
    public var pollNanoseconds: Int64 = 20_000_000

    public init() {}
}
