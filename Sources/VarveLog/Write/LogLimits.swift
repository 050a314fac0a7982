// Every limit of the log, each with its reason.

internal import VarveBatchFormat
internal import VarveEvents

/// Limits that are not a matter of taste; those that are stand in `LogOptions`.
enum LogLimits {
    /// Bytes of a segment file that is read whole (recovery, sealing, verify). Larger than any segment the options allow, so
    /// that a file which grew by accident is reported and not loaded.
    static let segmentBytes = 1 << 30
    /// Bytes of a manifest: 953,000 segments of 176 bytes.
    static let manifestBytes = 160 << 20
    /// Bytes of `log/retention`, which has 64.
    static let retentionBytes = 4_096
    /// Bytes of a footer: its frame index has at most one entry per row.
    static let footerBytes = 256 << 20
    /// Runs of ids that are open at the same time: each is a file, and a filter to ask for every id.
    static let idRuns = 32
    /// The fewest runs that are merged into one: every id is written again once per factor of this.
    static let idMergeRuns = 4
    /// Entries that a merge goes on by when a segment is sealed, per id of that segment, and besides. An id is merged
    /// log₄(segments) times, five times in a thousand segments, so merging keeps up.
    static let idMergePace = 8
    static let idMergeStep = 65_536
    /// How often a run that turns out damaged is made anew while an append waits for it.
    static let idRepairs = 8
    /// Bytes of the view states at R: the permanent hours and days of a hundred views, and room.
    static let baseBytes = 1 << 30
    /// Bytes of a torn tail that are kept aside. A commit group is smaller; what is longer is not a tail of ours.
    static let tornBytes = 64 << 20
    /// Rows that are worth encoding while a sync runs; fewer wait for company.
    static let rowsWorthOverlap = 4_096
    /// A batch with this many rows is a frame of its own; smaller ones are merged while they wait.
    static let rowsWorthAFrame = 16_384
    /// Columns that single events go into side by side: more threads than this fill them faster than one thread encodes them.
    static let eventLanes = 4
    /// Raw bytes of single events that one producer may have on their way: as many as a batch holds.
    static let producerBytes = EventLimits.bytesPerBatch
    /// Bytes a scan reads at once where it does not know the frames' sizes.
    static let readAheadBytes = 256 << 10
    /// Faults behind the answers that are kept apart by place and sentence; more are counted with the last one of their place.
    static let backgroundFaults = 64
    /// How often a torn read of the watermark (its writer writes it while we read) is repeated.
    static let durableReadAttempts = 16
    /// The longest a follower sleeps before it looks at the watermark again: what a new event may wait.
    static let pollNanoseconds: Int64 = 5_000_000
    /// Files that a snapshot holds open, oldest first: retention removes those first, and a process has a thousand or so.
    static let heldFiles = 256
    /// Batches read ahead for a follower whose consumer is slower.
    static let followAhead = 2
    /// Segments waiting to be sealed before appending waits for one to finish.
    static let sealsWaiting = 2
    /// Raw bytes of events acknowledged at level `interval` that are kept in memory until their sync; more is synced earlier.
    static let unsyncedBytes = 32 << 20
    /// How often a lock that is held for moments is tried, and the pause between: five seconds are a process that hangs.
    static let lockAttempts = 500
    static let lockPauseNanoseconds: Int64 = 10_000_000
}
