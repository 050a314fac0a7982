/// Which series, and as of when.
public struct Selector: Sendable {
    /// What stands before the braces; empty for nothing.
    public var name: String
    /// In their order; that of `name` comes last.
    public var matchers: [LabelMatcher]
    public var shift = TimeShift()
}
