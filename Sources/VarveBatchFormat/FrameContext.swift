public import VarveEvents
internal import VarveHash

/// Where a frame stands. All of it is in the frame's header, so that a frame found in the wrong place is recognised.
public struct FrameContext: Hashable, Sendable {
    public var store: StoreID
    /// How often the log had been opened for writing.
    public var epoch: UInt32
    /// The first offset of the segment, which is its name.
    public var segment: Offset
    /// `FrameHeader.hash` of the frame before it in the segment; for the first one the segment's chain-in.
    public var previousHash: UInt64
    /// The watermark when the frame was written: everything below was durable.
    public var durableUpTo: Offset

    public init(store: StoreID, epoch: UInt32, segment: Offset, previousHash: UInt64, durableUpTo: Offset) {
        self.store = store
        self.epoch = epoch
        self.segment = segment
        self.previousHash = previousHash
        self.durableUpTo = durableUpTo
    }
}
