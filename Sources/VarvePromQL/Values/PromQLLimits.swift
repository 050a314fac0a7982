/// What a query may cost.
public struct PromQLLimits: Sendable {
    /// Bytes of a query's text.
    public var textBytes = 64 << 10
    /// Levels of the tree: each is a few calls deep on the evaluating thread's stack.
    public var depth = 192
    /// Samples in memory at the same time: those that selectors read, 16 bytes each, and those of results on their way, 8
    /// bytes each.
    public var samplesMax = 50_000_000
    /// Steps of one evaluation, those of a subquery included.
    public var stepsMax = 1_000_000
    /// How far back a selector looks for a sample, in milliseconds.
    public var lookback: Int64 = 300_000
    /// The step of a subquery that names none, in milliseconds.
    public var subqueryStep: Int64 = 60_000
    /// Instructions of one regular expression.
    public var patternInstructions = 20_000
    /// Positions of groups that a regular expression keeps while it replaces: one for each group at each instruction.
    public var patternNotes = 4 << 20
    /// Bytes of a label that a function makes.
    public var labelBytes = 64 << 10

    public init() {}
}
