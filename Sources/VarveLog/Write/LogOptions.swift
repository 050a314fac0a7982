public import VarveBatchFormat
internal import VarveDisk
public import VarveEvents

/// Options of a writer.
public struct LogOptions: Sendable {
    /// A segment ends once it has this many bytes. Recovery reads one segment, so this bounds its time.
    public var segmentBytes = 16 << 20
    /// The most rows of a segment.
    public var segmentRows = 1 << 20
    /// A segment ends when its first frame is older than this, by append time. Retention removes whole segments.
    public var segmentNanoseconds: Int64 = 3_600_000_000_000
    /// The writer's clock. It may stand still or go back; append times do not.
    public var clock: @Sendable () -> Timestamp = { Timestamp(nanoseconds: wallClockNanoseconds()) }
    /// For imports: keeps append times that batches bring, raised where needed to max(previous, given). A batch without them is
    /// stamped as usual.
    public var keepsObserved = false
    /// Memory for the index of event ids, at least 16 MiB. Half of it is for unsealed segments, which end early when their ids
    /// no longer fit; half is for filters of sealed ones, which become coarser as needed.
    public var idMemoryBytes = 256 << 20
    /// The longest delay until an append of level `interval` is durable.
    public var syncInterval = SyncInterval.usual
    /// A monotonic clock in nanoseconds, independent of the wall clock; decides when that sync is due.
    public var elapsed: @Sendable () -> Int64 = { elapsedNanoseconds() }
    /// The retention rules of a new log; `LogKeep` changes them later.
    public var rules: [RetentionRule] = []
    /// Size of `log/reserve`, which a retention frees on a full disk; 0 for none.
    public var reserveBytes = 4 << 20
    /// The id of a new log; nil for a random one.
    public var newStore: StoreID?

    public init() {}
}
