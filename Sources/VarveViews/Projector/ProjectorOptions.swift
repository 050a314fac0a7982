internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// Options of a projector.
public struct ProjectorOptions: Sendable {
    /// Threads for a rebuild, or for catching up over a long distance.
    public var threads = 2
    /// Whether a rebuild uses and fills the cache of segment states.
    public var usesCache = true
    /// The most events folded per commit.
    public var eventsPerCommit: UInt64 = 4 << 20
    /// The minimum time between commits while following. It bounds the age of a view, apart from the time of the commit itself.
    public var commitNanoseconds: Int64 = 20_000_000
    /// Whether an event that a sequential projection cannot process is left out and counted. If false, the projector pauses
    /// before it.
    public var parksPoison = false
    /// How often the position is made durable and written to the registry.
    public var registryNanoseconds: Int64 = 1_000_000_000
    /// Whether commits are on disk before the registry is updated. Set to false only to show that the tests notice.
    var syncsBeforeAnnouncing = true

    public init() {}
}
