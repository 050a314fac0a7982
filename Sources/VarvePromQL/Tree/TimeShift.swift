/// `offset` and `@` behind a selector or subquery.
public struct TimeShift: Sendable {
    public enum Moment: Sendable, Equatable {
        /// Milliseconds since 1970.
        case at(Int64)
        case start, end
    }

    /// How far back, in milliseconds; below zero for forwards.
    public var offset: Int64 = 0
    /// Nil for the moment of evaluation.
    public var moment: Moment?
}
