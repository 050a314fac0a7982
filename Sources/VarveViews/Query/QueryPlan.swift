public import VarveEvents
public import VarveProjections

/// How a question would be answered.
public struct QueryPlan: Sendable {
    public var definition: ViewDefinition
    /// The buckets that are folded.
    public var bucket: BucketLevel
    /// The offsets that are folded.
    public var offsets: Range<Offset>
    /// Segments with events of the time asked for, and all there are.
    public var segmentsRead: Int
    public var segments: Int
    /// Columns that are decoded, beside the times.
    public var columns: [ColumnKey]
    public var threads: Int
}
