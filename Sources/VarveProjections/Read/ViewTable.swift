/// The rows of an answer, and what they do not show one by one.
public struct ViewTable: Hashable, Sendable {
    public var rows: [ViewRow]
    /// Combinations of dimension values beyond the view's budget that went into the rows `__other__`. Those that a state had
    /// folded before are not counted.
    public var folded: Int
}
