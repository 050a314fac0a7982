public import VarveEvents
internal import VarveHash

/// The place of a frame. All of it is stored in the frame's header, so that a frame in the wrong place is recognized.
public struct FrameContext: Hashable, Sendable {
    public var store: StoreID
    /// How often the log had been opened for writing when the frame was written.
    public var epoch: UInt32
    /// The first offset of the segment, which is also its name.
    public var segment: Offset
    /// `FrameHeader.hash` of the preceding frame in the segment; for the first frame, the segment's chain-in.
    public var previousHash: UInt64
    /// The watermark when the frame was written: all events below it were durable.
    public var durableUpTo: Offset

    public init(store: StoreID, epoch: UInt32, segment: Offset, previousHash: UInt64, durableUpTo: Offset) {
        self.store = store
        self.epoch = epoch
        self.segment = segment
        self.previousHash = previousHash
        self.durableUpTo = durableUpTo
    }
}
