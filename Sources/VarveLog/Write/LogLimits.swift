// Every limit of the log, each with its reason.

internal import VarveBatchFormat
internal import VarveEvents

/// Fixed limits; the configurable ones are in `LogOptions`.
enum LogLimits {
    /// Largest segment file that is read whole (recovery, sealing, verify). Larger than any segment that the options allow, so
    /// that a file that grew by accident is reported rather than loaded.
    static let segmentBytes = 1 << 30
    /// Largest manifest in bytes: 953,000 segments of 176 bytes.
    static let manifestBytes = 160 << 20
    /// Largest `log/retention` in bytes; the file has 64.
    static let retentionBytes = 4_096
    /// Largest footer in bytes: its frame index has at most one entry per row.
    static let footerBytes = 256 << 20
    /// Most runs of ids open at once; each costs a file descriptor and a filter probe per id.
    static let idRuns = 32
    /// Fewest runs merged into one. An id is rewritten once per factor of this.
    static let idMergeRuns = 4
    /// Entries merged per id of a segment when it is sealed, plus a constant. An id is merged log₄(segments) times, five times
    /// in a thousand segments, so merging keeps up.
    static let idMergePace = 8
    static let idMergeStep = 65_536
    /// How often damaged runs are rebuilt while one append waits.
    static let idRepairs = 8
    /// Largest base file in bytes: the permanent hour and day cells of a hundred views, with room to spare.
    static let baseBytes = 1 << 30
    /// Most bytes of a torn tail that are copied aside. Commit groups are smaller, so anything longer is not a torn group.
    static let tornBytes = 64 << 20
    /// Rows that are worth encoding while a sync runs; with fewer the encoder waits for more.
    static let rowsWorthOverlap = 4_096
    /// A batch with this many rows gets a frame of its own; smaller ones are merged.
    static let rowsWorthAFrame = 16_384
    /// Number of lanes for single events: more threads than this fill them faster than one thread encodes.
    static let eventLanes = 4
    /// Raw bytes of single events that one producer may have in flight: one batch.
    static let producerBytes = EventLimits.bytesPerBatch
    /// Bytes per read of a scan that does not know the frame sizes.
    static let readAheadBytes = 256 << 10
    /// Background faults recorded separately by place and message; beyond that a fault is counted with another one of its
    /// place.
    static let backgroundFaults = 64
    /// How often a torn read of the watermark is repeated; its writer may be writing it at the same time.
    static let durableReadAttempts = 16
    /// The longest a follower sleeps between polls of the watermark where the system reports no changes of files.
    static let pollNanoseconds: Int64 = 5_000_000
    /// The longest it waits for such a report: a network file system does not report what another machine writes.
    static let watchNanoseconds: Int64 = 250_000_000
    /// Most files that a snapshot holds open, oldest first, because retention removes those first. A process can open about a
    /// thousand.
    static let heldFiles = 256
    /// Batches read ahead for a slow consumer of a follower.
    static let followAhead = 2
    /// Segments queued for sealing before appends wait.
    static let sealsWaiting = 2
    /// Raw bytes of events acknowledged at level `interval` that are kept in memory until their sync; beyond that the sync is
    /// early.
    static let unsyncedBytes = 32 << 20
    /// Attempts to take a briefly held lock, and the pause between them: after five seconds its holder is stuck.
    static let lockAttempts = 500
    static let lockPauseNanoseconds: Int64 = 10_000_000
}
