/// Options of a change feed.
public struct FeedOptions: Sendable {
    /// A subscriber that is further behind than this many events receives one `lagged`, and another only after it has caught up
    /// to half of it.
    public var lagThreshold: UInt64 = 65_536
    /// The number of threads that read the log for subscribers.
    public var readers = 2
    /// Polls the watermark, as when the system has no file watch left. For tests.
    public var polls = false
    /// The polling interval, in nanoseconds.
    public var pollNanoseconds: Int64 = 20_000_000

    public init() {}
}
