public import VarveBatchFormat
public import VarveEvents

/// How far a projector has folded the log, and enough about that place to recognise the log again.
///
/// The stamp is the append time of the last folded event, in the nanoseconds of its writer's clock. It survives sealing and
/// compaction, which change frames and their hashes, and another history of the same offsets has another one.
public struct Checkpoint: Hashable, Sendable {
    /// The log's id.
    public var store: StoreID
    /// How often the log had been opened for writing.
    public var epoch: UInt32
    /// All events below are in the cells, none from here on.
    public var offset: Offset
    /// First offset of the segment that `offset` stood in.
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
