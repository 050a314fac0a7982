/// The rows of an answer, with counts of what the rows do not show individually.
public struct ViewTable: Hashable, Sendable {
    public var rows: [ViewRow]
    /// Combinations of dimension values beyond the view's budget that were folded into `__other__`. Combinations folded
    /// earlier, by the state, are not counted.
    public var folded: Int
}
