public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

/// What a writer may choose.
public struct LogOptions: Sendable {
    /// A segment is closed when the next frame finds it this large. Recovery reads one segment, so this bounds its time.
    public var segmentBytes = 16 << 20
    /// A segment is closed before it would hold more rows.
    public var segmentRows = 1 << 20
    /// A segment is closed when its first frame is older, by append time: retention frees whole segments.
    public var segmentNanoseconds: Int64 = 3_600_000_000_000
    /// The writer's clock. It may stand still or go back: append times never do.
    public var clock: @Sendable () -> Timestamp = { Timestamp(nanoseconds: wallClockNanoseconds()) }
    /// An import: append times that batches bring are kept, but for never going back: observed = max(previous, given). A batch
    /// without them is stamped as ever.
    public var keepsObserved = false
    /// Memory for knowing which event ids are in the log: half of it for segments that are not sealed, which are ended early
    /// when their ids have no room, half for filters of the sealed ones, which become coarser. 16 MiB at least.
    public var idMemoryBytes = 256 << 20
    /// By when an append of level `interval` is durable.
    public var syncInterval = SyncInterval.usual
    /// Nanoseconds since any moment, running on evenly whatever is done to the wall clock: says when that sync is due.
    public var elapsed: @Sendable () -> Int64 = { elapsedNanoseconds() }
    /// The rules of a new log: which events outlive their segments. Later they are changed with `LogKeep`.
    public var rules: [RetentionRule] = []
    /// Bytes of `log/reserve`, which a retention gives up on a full disk; none with 0.
    public var reserveBytes = 4 << 20
    /// The id of a new log; nil takes a random one.
    public var newStore: StoreID?

    public init() {}
}
