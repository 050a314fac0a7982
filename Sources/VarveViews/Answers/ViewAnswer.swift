public import VarveEvents
public import VarveLog
public import VarveProjections

/// What a view says, and all that is needed to know what that is worth.
public struct ViewAnswer: Sendable {
    public var view: String
    public var version: Int
    /// Time, dimensions, measures and derived columns, in the order of the rows' values.
    public var columns: [ViewColumn]
    public var rows: [ViewRow]
    /// The rows' buckets; nil of a sequential view.
    public var bucket: BucketLevel?
    /// Where the view's days begin.
    public var zone: BucketZone
    /// The projector whose kept state it is; nil when it was folded from the log.
    public var keptBy: String?
    /// All events below are in it, none from here on.
    public var offset: Offset
    /// When the last of them was appended; nil when there is none, or when it cannot be read.
    public var time: Timestamp?
    /// Where the log ends.
    public var durable: Offset
    /// Whether it was asked as of a moment, so that what came later is left out on purpose.
    public var isPast: Bool
    /// Whether no projector keeps the view any more: it stays at `offset`.
    public var isFrozen = false
    /// The range of event time that the rows are about; nil where it is open.
    public var from: Timestamp?
    public var to: Timestamp?
    /// Whether that is not the range that was asked for: events of a bucket that it cuts have expired.
    public var isOtherRange = false
    /// The first offset that the view knows of: events below had expired when it was first built.
    public var completeFrom: Offset
    /// Offsets that could not be read when the view was folded.
    public var gaps: [Gap] = []
    /// What could not be read now.
    public var damaged: [DamagedRange] = []
    /// Combinations beyond the view's budget that went into the rows `__other__`.
    public var folded = 0
    /// Per sum, how many values it left out of all rows.
    public var leftOut: [NamedCount] = []
    /// Rows beyond the limit asked for.
    public var rowsCut = 0
    /// Rows of the table that are not kept any more: a thing keeps its newest changes only.
    public var rowsDropped: Int64 = 0
    /// Of a view of things with a status, how many of a thing's newest changes are kept one by one; nil of other views.
    public var changesKept: Int?
    /// Events that came too late to find their place among the changes of the things asked for.
    public var lateUnapplied: Int64 = 0
    /// What a sequential view counts beside its entries; nil of other views.
    public var tally: SequentialTally?

    /// Events that are durable and not in it. Of an answer about the past, how much has come since.
    public var behindEvents: UInt64 { durable > offset ? durable.value - offset.value : 0 }
}
