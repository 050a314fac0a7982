internal import VarveBatchFormat
internal import VarveEvents
internal import VarveHash

/// A batch that waits, and the number its producer gave it.
struct StampedBatch: Sendable {
    var batch: EventBatch
    var stamp: ProducerStamp?
    var durability = Durability.sync
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
    /// What is wrong with the clock or was.
    var clockFault: String?

    struct Reply: Sendable {
        var appended: Int
        var duplicates: [DuplicateRow]
        var first: UInt64
        /// Where the rows are that an earlier append of the same stamp has appended.
        var retried: Range<UInt64>?
        var refusal: LogError?
        /// What its caller waits for.
        var durability = Durability.sync

        /// One past the last offset that its acknowledgement speaks of, originals of duplicates included.
        var end: UInt64 {
            if let retried { return retried.upperBound }
            let originals = duplicates.reduce(0) { Swift.max($0, $1.original.value + 1) }
            return appended == 0 ? originals : Swift.max(originals, first + UInt64(appended))
        }
    }

    /// Somebody waits for something that is not durable yet.
    func needsSync(durable: Offset) -> Bool {
        replies.contains { $0.durability == .sync && $0.refusal == nil && $0.end > durable.value }
    }
}
