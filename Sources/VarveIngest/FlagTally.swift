/// How many events differ from the catalog, and in which way.
public struct FlagTally: Hashable, Sendable {
    /// Events with at least one difference.
    public var events = 0
    /// Per kind of difference, how often it was found.
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
