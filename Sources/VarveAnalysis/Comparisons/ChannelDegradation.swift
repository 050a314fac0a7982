/// How the success rate of a channel, or of anything with successes and attempts, changed between two periods.
public struct ChannelDegradation: Hashable, Sendable {
    public enum Verdict: String, Sendable { case degraded, improved, unchanged, unknown }

    public var channel: String
    /// The rates; nil without attempts.
    public var before: Double?
    public var after: Double?
    public var attemptsBefore: Int
    public var attemptsAfter: Int
    /// Of a difference as large by chance: the z-test of two proportions; nil where it does not apply.
    public var probability: Double?
    /// The rate of all other channels in the later period.
    public var others: Double?
    public var verdict: Verdict

    /// A channel's counts of the two periods.
    public struct Counts: Hashable, Sendable {
        public var channel: String
        public var successesBefore: Int
        public var attemptsBefore: Int
        public var successesAfter: Int
        public var attemptsAfter: Int

        public init(
            channel: String, successesBefore: Int, attemptsBefore: Int, successesAfter: Int, attemptsAfter: Int
        ) {
            self.channel = channel
            self.attemptsBefore = max(0, attemptsBefore)
            self.attemptsAfter = max(0, attemptsAfter)
            self.successesBefore = min(max(0, successesBefore), self.attemptsBefore)
            self.successesAfter = min(max(0, successesAfter), self.attemptsAfter)
        }
    }

    private static let probabilityLimit = 0.01

    /// One row per channel, the most certain degradation first. The limit of the probability, one in a hundred, is divided by the
    /// number of channels.
    public static func compare(_ all: [Counts]) -> [ChannelDegradation] {
        let successes = all.reduce(0.0) { $0 + Double($1.successesAfter) }
        let attempts = all.reduce(0.0) { $0 + Double($1.attemptsAfter) }
        let rows = all.map { one -> ChannelDegradation in
            let test = Comparison.proportions(
                (one.successesBefore, one.attemptsBefore), (one.successesAfter, one.attemptsAfter))
            let rest = attempts - Double(one.attemptsAfter)
            let before = rate(one.successesBefore, one.attemptsBefore)
            let after = rate(one.successesAfter, one.attemptsAfter)
            var verdict = Verdict.unknown
            if let before, let after {
                let isCertain = (test?.probability ?? 1) < probabilityLimit / Double(all.count)
                verdict = isCertain ? (after < before ? .degraded : .improved) : .unchanged
            }
            return ChannelDegradation(
                channel: one.channel, before: before, after: after, attemptsBefore: one.attemptsBefore,
                attemptsAfter: one.attemptsAfter, probability: test?.probability,
                others: rest > 0 ? (successes - Double(one.successesAfter)) / rest : nil, verdict: verdict)
        }
        func key(_ row: ChannelDegradation) -> (Int, Double, String) {
            let rank = row.verdict == .degraded ? 0 : row.verdict == .improved ? 1 : 2
            return (rank, row.probability ?? 1, row.channel)
        }
        return rows.sorted { key($0) < key($1) }
    }

    private static func rate(_ part: Int, _ whole: Int) -> Double? { whole > 0 ? Double(part) / Double(whole) : nil }
}
