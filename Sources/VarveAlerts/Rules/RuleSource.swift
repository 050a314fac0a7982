public import VarveEvents
public import VarveProjections

/// The numbers that a rule looks at: one column of a view, over a window of event time, one series for each combination of
/// `by`.
public struct RuleSource: Hashable, Sendable {
    public var view: String
    public var column: String
    /// How often the rule is evaluated, and what its windows are made of: a minute, an hour or a day.
    public var bucket = BucketLevel.minute
    /// Buckets in a window.
    public var window = 1
    /// The dimensions to split by; the others are merged.
    public var by: [String] = []
    /// What dimensions must be.
    public var filters: [FieldCondition] = []
    /// A window with fewer events than this has no value.
    public var minCount: Int64?
    /// The column that counts them; nil for the view's first count.
    public var countColumn: String?

    public init(view: String, column: String) {
        self.view = view
        self.column = column
    }

    /// Nanoseconds of a bucket, and from one evaluation to the next.
    public var step: Int64 { bucket.nanoseconds ?? RuleSource.minute }

    static let minute: Int64 = 60_000_000_000
}
