public import VarveEvents
public import VarveLog
public import VarveProjections

/// The answer to a request: rows, and what is needed to judge them.
public struct ViewAnswer: Sendable {
    public var view: String
    public var version: Int
    /// Time, dimensions, measures and derived columns, in the order of the rows' values.
    public var columns: [ViewColumn]
    public var rows: [ViewRow]
    /// The bucket of the rows; nil for a sequential view.
    public var bucket: BucketLevel?
    /// The time zone of the view's days.
    public var zone: BucketZone
    /// The projector whose stored state was used; nil when it was folded from the log.
    public var keptBy: String?
    /// The answer covers exactly the events below this offset.
    public var offset: Offset
    /// The append time of the last of them; nil when there is none or it cannot be read.
    public var time: Timestamp?
    /// The end of the log.
    public var durable: Offset
    /// Whether the request was as of a past moment, so that later events are left out on purpose.
    public var isPast: Bool
    /// Whether no projector maintains the view any more, so that it stays at `offset`.
    public var isFrozen = false
    /// The range of event times that the rows cover; nil where it is open.
    public var from: Timestamp?
    public var to: Timestamp?
    /// Whether that differs from the requested range because events in a bucket that it cuts have expired.
    public var isOtherRange = false
    /// The first offset that the view covers; earlier events had expired when it was first built.
    public var completeFrom: Offset
    /// Offsets that could not be read when the view was folded.
    public var gaps: [Gap] = []
    /// Damage met while answering.
    public var damaged: [DamagedRange] = []
    /// Combinations beyond the view's cardinality budget, which went into the rows `__other__`.
    public var folded = 0
    /// For each sum, how many values it left out over all rows.
    public var leftOut: [NamedCount] = []
    /// Rows dropped because of the requested limit.
    public var rowsCut = 0
    /// Rows of the table that are no longer kept, because an entity keeps only its newest changes.
    public var rowsDropped: Int64 = 0
    /// For an entity view, how many of an entity's newest changes are kept individually; nil for other views.
    public var changesKept: Int?
    /// Events that came too late to be placed among the changes of the requested entities.
    public var lateUnapplied: Int64 = 0
    /// Counters of a sequential view; nil for other views.
    public var tally: SequentialTally?

    /// The number of durable events that the answer does not cover. For a past answer, how many came since.
    public var behindEvents: UInt64 { durable > offset ? durable.value - offset.value : 0 }
}
