public import VarveEvents
public import VarveProjections

/// How a query would be answered.
public struct QueryPlan: Sendable {
    public var definition: ViewDefinition
    /// The bucket level that is folded.
    public var bucket: BucketLevel
    /// The offsets that are folded.
    public var offsets: Range<Offset>
    /// The segments with events in the requested time, and all segments.
    public var segmentsRead: Int
    public var segments: Int
    /// The columns that are decoded, besides times.
    public var columns: [ColumnKey]
    public var threads: Int
}
