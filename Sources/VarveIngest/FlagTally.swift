/// Counts events that differ from the catalog, by kind of difference.
public struct FlagTally: Hashable, Sendable {
    /// Events with at least one difference.
    public var events = 0
    /// The number of differences of each kind.
    public var problems: [String: Int] = [:]

    public init(events: Int = 0, problems: [String: Int] = [:]) {
        self.events = events
        self.problems = problems
    }

    /// Adds another tally to this one.
    public mutating func add(_ other: FlagTally) {
        events += other.events
        if !other.problems.isEmpty { problems.merge(other.problems, uniquingKeysWith: +) }
    }
}
