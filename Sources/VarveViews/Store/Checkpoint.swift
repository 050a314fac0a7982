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

/// A view as a store holds it.
public struct StoredView: Hashable, Sendable {
    public var name: String
    public var version: Int
    /// Of the definition whose states the cells are.
    public var fingerprint: String
    /// The level of the cells.
    public var level: String
    public var cells: Int
    /// Whether it is a sequential projection; its cells are entries.
    public var isSequential: Bool
    /// Whether its projector does not keep it up any more.
    public var isFrozen: Bool
    /// Events below were gone when the view was built.
    public var completeFrom: Offset
    /// Events from here on are not in it: the checkpoint, or, when its projector stopped keeping it up, where that was.
    public var offset: Offset
}

/// A range of offsets that the views of a store lack, because the log could not deliver it.
public struct Gap: Hashable, Sendable {
    public var offsets: Range<UInt64>
    public var reason: String

    public init(offsets: Range<UInt64>, reason: String) {
        self.offsets = offsets
        self.reason = reason
    }
}

/// An event that a sequential projection could not take.
public struct PoisonRow: Hashable, Sendable {
    public var view: String
    public var offset: Offset
    public var reason: String
    /// Whether it was left out; else the projector stands before it.
    public var isParked: Bool

    public init(view: String, offset: Offset, reason: String, isParked: Bool) {
        self.view = view
        self.offset = offset
        self.reason = reason
        self.isParked = isParked
    }
}
