public import VarveEvents
public import VarveProjections

/// The numbers that a rule looks at: one column of a view, over a window of event time, one series for each combination of
/// `by`.
public struct RuleSource: Hashable, Sendable {
    public var view: String
    public var column: String
    /// What its windows are made of: a minute, an hour or a day. Those of hours and days are evaluated as often.
    public var bucket = BucketLevel.minute
    /// Nanoseconds from one evaluation to the next, where the bucket is a minute. Less than a minute makes windows that move by
    /// as much.
    public var every = RuleSource.minute
    /// Steps in a window.
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

    /// Nanoseconds from one evaluation to the next, by which windows move.
    public var step: Int64 { bucket == .minute ? every : bucket.nanoseconds ?? RuleSource.minute }

    /// Whether it is evaluated more often than every minute.
    var isFine: Bool { bucket == .minute && every < RuleSource.minute }

    static let minute: Int64 = 60_000_000_000

    /// The window as rules write it: `5 minutes`, `90s every 1s`.
    var windowText: String {
        guard isFine else { return "\(window) \(bucket.name)" + (window == 1 ? "" : "s") }
        return "\(RuleDuration.text(Int64(window) * every)), every \(RuleDuration.text(every))"
    }
}
