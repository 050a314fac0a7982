internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents
internal import VarveLog

/// What a projector may choose.
public struct ProjectorOptions: Sendable {
    /// Threads of a rebuild or of a long way to the watermark.
    public var threads = 2
    /// Whether a rebuild uses and fills the cache of segment states.
    public var usesCache = true
    /// Events that are folded before they are committed, at most.
    public var eventsPerCommit: UInt64 = 4 << 20
    /// While following, commits are at least this far apart: a view is this old at most, and the commit's own time.
    public var commitNanoseconds: Int64 = 20_000_000
    /// Whether an event that a sequential projection cannot take is left out and counted; else the projector stands before it.
    public var parksPoison = false
    /// How often its position is made durable and told to the registry.
    public var registryNanoseconds: Int64 = 1_000_000_000
    /// Whether commits are on disk before the registry is told of them. Only a test of the tests sets it to false.
    var syncsBeforeTelling = true

    public init() {}
}
