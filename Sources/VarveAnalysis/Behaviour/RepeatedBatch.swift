public import VarveEvents

/// The same work of the same person and size again and again: what a program could do.
public struct RepeatedBatch: Hashable, Sendable {
    public var name: String
    public var action: String
    /// Things in each batch.
    public var size: Double
    public var count: Int
    /// The median seconds between two, and whether they come at even intervals or at one hour of the day.
    public var every: Double
    public var isRegular: Bool
    public var first: Timestamp
    public var last: Timestamp
    /// Things in all of them.
    public var total: Double { size * Double(count) }

    /// The number of times that makes a candidate.
    public static let fewest = 5

    /// One batch.
    public struct Act: Hashable, Sendable {
        public var name: String
        public var action: String
        public var size: Double
        public var time: Timestamp

        public init(name: String, action: String, size: Double, time: Timestamp) {
            (self.name, self.action, self.size, self.time) = (name, action, size, time)
        }
    }

    private struct Key: Hashable {
        var name: String
        var action: String
        var size: Double
    }

    /// The candidates, the most things first.
    public static func find(_ acts: [Act]) -> [RepeatedBatch] {
        var times: [Key: [Timestamp]] = [:]
        for act in acts where act.size.isFinite {
            times[Key(name: act.name, action: act.action, size: act.size), default: []].append(act.time)
        }
        var found: [RepeatedBatch] = []
        for (key, unsorted) in times where unsorted.count >= fewest {
            let sorted = unsorted.sorted()
            let seconds = zip(sorted, sorted.dropFirst()).map { (Double($1.nanoseconds) - Double($0.nanoseconds)) / 1e9 }
            let pattern = Recurrence(sorted)
            found.append(
                RepeatedBatch(
                    name: key.name, action: key.action, size: key.size, count: sorted.count, every: Summary.median(seconds),
                    isRegular: pattern?.every != nil || pattern?.hour != nil, first: sorted[0], last: sorted[sorted.count - 1]))
        }
        return found.sorted { ($1.total, $0.name, $0.action, $0.size) < ($0.total, $1.name, $1.action, $1.size) }
    }
}
