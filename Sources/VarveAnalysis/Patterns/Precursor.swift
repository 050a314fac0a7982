public import VarveEvents

/// How well the anomalies of one series announced failures, measured over the past.
public struct Precursor: Hashable, Sendable {
    /// Anomalies of the series, and those that a failure followed within the horizon.
    public var alarms: Int
    public var hits: Int
    /// Failures, and those that an alarm announced.
    public var failures: Int
    public var announced: Int
    /// The median seconds from the first alarm within the horizon to the failure; nil without a hit.
    public var lead: Double?
    /// The share of all moments that are followed by a failure within the horizon: the precision of alarms at random.
    public var chance: Double
    /// The probability of as many hits by alarms at random (binomial).
    public var probability: Double
    /// The newest alarm without a failure so far, if its horizon has not passed.
    public var pending: Timestamp?

    /// The share of alarms that a failure followed; nil without alarms.
    public var precision: Double? { alarms > 0 ? Double(hits) / Double(alarms) : nil }
    /// The share of failures that were announced.
    public var recall: Double? { failures > 0 ? Double(announced) / Double(failures) : nil }

    /// Alarms are the starts of `RobustRun`, which judges each point by those before it. An alarm while a failure lasts is none.
    ///
    /// - Parameters:
    ///   - failures: from the first to the last moment of each.
    ///   - horizon: how long before a failure an alarm announces it, in seconds.
    public init(_ points: [SeriesPoint], failures: [ClosedRange<Timestamp>], horizon: Double) {
        let length = Int64(max(1, min(horizon, 1e9)) * 1e9)
        let starts = failures.map(\.lowerBound).sorted()
        func following(_ time: Timestamp) -> Timestamp? {
            starts.first { $0 > time && $0.nanoseconds &- time.nanoseconds <= length }
        }
        let alarms = RobustRun.find(points).map(\.start)
            .filter { time in !failures.contains { $0.contains(time) } }
        self.alarms = alarms.count
        hits = alarms.count { following($0) != nil }
        var leads: [Double] = []
        for start in starts {
            let first = alarms.first { following($0) == start }
            if let first { leads.append(Double(start.nanoseconds &- first.nanoseconds) / 1e9) }
        }
        (self.failures, announced) = (starts.count, leads.count)
        lead = leads.isEmpty ? nil : Summary.median(leads)
        let calm = points.filter { point in !failures.contains { $0.contains(point.time) } }
        chance = calm.isEmpty ? 0 : Double(calm.count { following($0.time) != nil }) / Double(calm.count)
        probability = Distribution.binomialTail(hits, of: alarms.count, share: chance)
        if let end = points.last?.time, let last = alarms.last, following(last) == nil,
            end.nanoseconds &- last.nanoseconds < length
        {
            pending = last
        }
    }
}
