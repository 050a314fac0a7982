internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// A waiting batch and its producer stamp.
struct StampedBatch: Sendable {
    var batch: EventBatch
    var stamp: ProducerStamp?
    var durability = Durability.sync
}

/// A commit group: one frame, and the replies that depend on its becoming durable.
struct CommitGroup: Sendable {
    /// The planner's state before the group, restored when the group cannot be written.
    var before: PlanPoint
    /// The encoded frame; empty when every row was a duplicate.
    var bytes: [UInt8] = []
    /// The events of the frame, kept until they are durable, because they are encoded again after a failed sync.
    var batch: EventBatch?
    /// One past its last offset.
    var end: Offset
    /// The header of a new segment, if this frame starts one.
    var begins: SegmentHeader?
    /// The job to seal the previous segment, if this group ends it.
    var closes: SealJob?
    /// One reply per batch, in order.
    var replies: [Reply] = []
    /// Ids that this group added to the index.
    var addedIDs: [Hash128] = []
    /// The append entries of the frame; empty when no append has a stamp.
    var appends: [AppendEntry] = []
    /// A clock error to report, if append times went back.
    var clockFault: String?

    struct Reply: Sendable {
        var appended: Int
        var duplicates: [DuplicateRow]
        var first: UInt64
        /// The offsets of the earlier append with the same stamp, for a retry.
        var retried: Range<UInt64>?
        var refusal: LogError?
        /// The durability that the caller asked for.
        var durability = Durability.sync

        /// One past the last offset that the acknowledgement refers to, including originals of duplicates.
        var end: UInt64 {
            if let retried { return retried.upperBound }
            let originals = duplicates.reduce(0) { Swift.max($0, $1.original.value + 1) }
            return appended == 0 ? originals : Swift.max(originals, first + UInt64(appended))
        }
    }

    /// Whether a caller waits for events that are not durable yet.
    func needsSync(durable: Offset) -> Bool {
        replies.contains { $0.durability == .sync && $0.refusal == nil && $0.end > durable.value }
    }
}
