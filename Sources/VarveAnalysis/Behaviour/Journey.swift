public import VarveEvents

/// How many sessions got how far through named steps, and how long each step took.
public struct Journey: Hashable, Sendable {
    public struct Step: Hashable, Sendable {
        public var name: String
        /// Sessions that reached it, after all steps before it.
        public var sessions: Int
        /// Of the sessions that reached the step before; 1 for the first.
        public var continued: Double
        /// Of the sessions that reached the first step.
        public var share: Double
        /// Sessions that reached this step and not the next one; 0 for the last.
        public var left: Int
        /// Seconds from the step before: the median and the 95th percentile; nil for the first step and without sessions.
        public var median: Double?
        public var p95: Double?
    }

    public var steps: [Step]
    /// Sessions with any of the steps.
    public var sessions: Int
    /// Sessions that reached the last step, and the seconds from the first to it.
    public var completed: Int
    public var median: Double?
    public var p95: Double?

    /// What a session did, step by step.
    public struct Visit: Hashable, Sendable {
        public var time: Timestamp
        /// The number of the step, from 0.
        public var step: Int

        public init(time: Timestamp, step: Int) { (self.time, self.step) = (time, step) }
    }

    /// - Parameter visits: of each session, in any order. A session reaches a step with the first visit of it that is not earlier
    ///   than its visit of the step before.
    public init(_ names: [String], visits: [[Visit]]) {
        var reached = [Int](repeating: 0, count: names.count)
        var times = [[Double]](repeating: [], count: names.count)
        var whole: [Double] = []
        for session in visits {
            var moments: [Timestamp] = []
            for visit in session.sorted(by: { ($0.time, $0.step) < ($1.time, $1.step) }) where visit.step == moments.count {
                if visit.step >= names.count { break }
                moments.append(visit.time)
            }
            for index in moments.indices {
                reached[index] += 1
                if index > 0 { times[index].append(Self.seconds(moments[index - 1], moments[index])) }
            }
            if moments.count == names.count, let first = moments.first, let last = moments.last {
                whole.append(Self.seconds(first, last))
            }
        }
        steps = names.indices.map { index in
            let before = index > 0 ? reached[index - 1] : reached[0]
            return Step(
                name: names[index], sessions: reached[index], continued: Self.share(reached[index], before),
                share: Self.share(reached[index], reached[0]),
                left: index + 1 < names.count ? reached[index] - reached[index + 1] : 0,
                median: Summary.quantile(times[index], 0.5), p95: Summary.quantile(times[index], 0.95))
        }
        sessions = visits.count { !$0.isEmpty }
        completed = whole.count
        (median, p95) = (Summary.quantile(whole, 0.5), Summary.quantile(whole, 0.95))
    }

    private static func share(_ part: Int, _ whole: Int) -> Double { whole > 0 ? Double(part) / Double(whole) : 0 }

    private static func seconds(_ from: Timestamp, _ to: Timestamp) -> Double {
        (Double(to.nanoseconds) - Double(from.nanoseconds)) / 1e9
    }
}
