public import VarveEvents
public import VarveHash

/// One segment of a log.
public struct SegmentInfo: Hashable, Sendable {
    public var firstOffset: Offset
    /// One past its last offset; of the active segment the watermark.
    public var endOffset: Offset
    public var isSealed: Bool
    /// Bytes of the file.
    public var bytes: UInt64
    /// Events in it; of a segment that is not sealed the offsets it spans.
    public var rows: UInt64
    /// Event and append times, of sealed segments.
    public var time: ClosedRange<Timestamp>?
    public var observed: ClosedRange<Timestamp>?
    /// What its events are, whatever the encoding; of sealed segments.
    public var contentHash: SHA256Digest?
    /// What the manifest knows to be damaged in it.
    public var damaged: [DamagedRange]
    /// The file's path.
    public var path: String
}
