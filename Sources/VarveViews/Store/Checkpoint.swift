public import VarveBatchFormat
public import VarveEvents

/// The position of a projector in the log, with enough information to verify that it is still the same log.
///
/// The stamp is the append time of the last folded event in nanoseconds. Sealing and compaction change frames and their hashes
/// but not the stamp, and another history of the same offsets has another stamp.
public struct Checkpoint: Hashable, Sendable {
    /// The log's id.
    public var store: StoreID
    /// How often the log had been opened for writing.
    public var epoch: UInt32
    /// The views contain exactly the events below this offset.
    public var offset: Offset
    /// First offset of the segment that contained `offset`.
    public var segment: Offset
    /// The append time of the event before `offset`; nil when there is none.
    public var stamp: Timestamp?

    public init(store: StoreID, epoch: UInt32 = 0, offset: Offset, segment: Offset = Offset(0), stamp: Timestamp? = nil) {
        self.store = store
        self.epoch = epoch
        self.offset = offset
        self.segment = segment
        self.stamp = stamp
    }
}
