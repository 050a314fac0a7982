public import VarveEvents
public import VarveHash

/// One segment of a log.
public struct SegmentInfo: Hashable, Sendable {
    public var firstOffset: Offset
    /// One past its last offset; for the active segment, the watermark.
    public var endOffset: Offset
    public var isSealed: Bool
    /// Size of the file in bytes.
    public var bytes: UInt64
    /// Number of events; for an unsealed segment, the number of offsets it spans.
    public var rows: UInt64
    /// Ranges of event times and append times, for sealed segments.
    public var time: ClosedRange<Timestamp>?
    public var observed: ClosedRange<Timestamp>?
    /// Identifies its events independently of their encoding; for sealed segments.
    public var contentHash: SHA256Digest?
    /// The damage recorded in the manifest.
    public var damaged: [DamagedRange]
    /// The file's path.
    public var path: String
}
