internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// A batch that waits, and the number its producer gave it.
struct StampedBatch: Sendable {
    var batch: EventBatch
    var stamp: ProducerStamp?
}

/// A commit group: one frame, and what hangs on its becoming durable.
struct CommitGroup: Sendable {
    /// State before the group, to return to when it cannot be written.
    var before: PlanPoint
    /// The frame, empty when every row was a duplicate.
    var bytes: [UInt8] = []
    /// The events of the frame, kept until they are durable: after a failed sync they are encoded again.
    var batch: EventBatch?
    /// One past its last offset.
    var end: Offset
    /// The header of the segment that begins with this frame.
    var begins: SegmentHeader?
    /// The segment that thereby ends.
    var closes: SealJob?
    /// Per batch taken, in order.
    var replies: [Reply] = []
    /// Ids that this group added.
    var addedIDs: [Hash128] = []
    /// The appends in the frame, when one of them has a stamp.
    var appends: [AppendEntry] = []

    struct Reply: Sendable {
        var appended: Int
        var duplicates: [DuplicateRow]
        var first: UInt64
        /// Where the rows are that an earlier append of the same stamp has appended.
        var retried: Range<UInt64>?
        var refusal: LogError?
    }
}
