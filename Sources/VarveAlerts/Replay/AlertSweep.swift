public import VarveEvents
internal import VarveProjections
internal import VarveWire
public import VarveWorkspace

/// One rule over the past with other thresholds and durations, all in one replay, and which of them to take.
///
/// Where the log knows incidents, a firing within one, or shortly before, found it, and another one is false. The choice is what
/// finds most of them with the fewest false firings, and then the soonest. Where it knows none, it is the most sensitive one that
/// fires no more often than `noiseMax` in a week.
public struct AlertSweep: Sendable {
    /// What one threshold and duration come to.
    public struct Row: Hashable, Sendable {
        public var threshold: Double
        /// Nanoseconds.
        public var duration: Int64
        public var fired = 0
        public var pendingOnly = 0
        public var perWeek = 0.0
        /// Incidents that it found, of `incidents`.
        public var detected = 0
        public var incidents = 0
        /// Firings that belong to no incident; nil where the log knows none.
        public var falseFirings: Int?
        /// Seconds from an incident's beginning to the first firing.
        public var meanDelay: Double?
        public var isRecommended = false

        public var json: String {
            var line = JSONLine()
            line.field("threshold", threshold)
            line.field("duration", duration / 1_000_000_000)
            line.field("fired", fired)
            line.field("pending_only", pendingOnly)
            line.field("per_week", perWeek)
            line.field("incidents", incidents)
            line.field("detected", detected)
            line.field("false_firings", falseFirings.map { UInt64($0) })
            line.field("mean_delay_s", meanDelay)
            line.field("recommended", isRecommended)
            return line.text
        }
    }

    /// A firing so long before an incident was recorded belongs to it: people write later than things break.
    static let lead: Int64 = 600_000_000_000
    /// Firings in a week.
    public static let noiseMax = 7.0

    private let rule: AlertRule
    private let thresholds: [Double]
    private let durations: [Int64]

    /// - Parameters:
    ///   - thresholds: Nil for some around the rule's own.
    ///   - durations: Nanoseconds; nil for none, a minute, five and fifteen.
    /// - Throws: When the rule compares with no number.
    public init(_ rule: AlertRule, thresholds: [Double]? = nil, durations: [Int64]? = nil) throws(AlertAct.Refusal) {
        guard let own = rule.test.threshold, !rule.isQuery else {
            throw AlertAct.Refusal(description: "the rule \(rule.id) compares with no number that could be another one")
        }
        self.rule = rule
        let minute = RuleSource.minute
        self.thresholds = Set(thresholds ?? [0.25, 0.5, 0.75, 1, 1.5, 2, 4].map { own * $0 }).sorted()
        self.durations = Set(durations ?? [0, minute, 5 * minute, 15 * minute, rule.hold]).sorted()
    }

    /// All of them, in the order of thresholds and durations. `incidents` are what the log knows.
    public func run(
        _ views: RuleViews, from: Timestamp?, to: Timestamp?, incidents: [Incident], over workspace: Workspace
    ) async throws -> [Row] {
        var rules: [AlertRule] = []
        for threshold in thresholds {
            for duration in durations {
                var one = rule
                one.id = "\(rules.count)"
                one.test = rule.test.with(threshold: threshold)
                one.hold = duration
                one.isEnabled = true
                rules.append(one)
            }
        }
        let result = try await AlertReplay.run(rules, views, from: from, to: to, over: workspace)
        let known = incidents.filter { $0.openedAt >= result.from && $0.openedAt < result.to }
        let byRule = Dictionary(grouping: result.episodes, by: \.rule.id)
        let weeks = Double(result.to.nanoseconds - result.from.nanoseconds) / 604_800e9
        var rows = rules.map { rule -> Row in
            var row = Row(threshold: rule.test.threshold ?? 0, duration: rule.hold)
            let episodes = byRule[rule.id] ?? []
            let fired = episodes.filter { $0.firingAt != nil }
            (row.fired, row.pendingOnly) = (fired.count, episodes.count - fired.count)
            row.perWeek = weeks > 0 ? Double(fired.count) / weeks : 0
            judge(&row, fired, known, end: result.to)
            return row
        }
        if let best = Self.best(rows, isWorseAbove: rule.test.isWorseAbove) { rows[best].isRecommended = true }
        return rows
    }

    private func judge(_ row: inout Row, _ fired: [AlertEpisode], _ incidents: [Incident], end: Timestamp) {
        row.incidents = incidents.count
        guard !incidents.isEmpty else { return }
        func belongs(_ episode: AlertEpisode, _ incident: Incident) -> Bool {
            guard let firing = episode.firingAt else { return false }
            let over = incident.resolvedAt ?? end
            return firing.nanoseconds >= incident.openedAt.nanoseconds - Self.lead && firing <= over
        }
        var delays: [Double] = []
        for incident in incidents {
            guard let first = fired.filter({ belongs($0, incident) }).compactMap(\.firingAt).min() else { continue }
            delays.append(max(0, Double(first.nanoseconds - incident.openedAt.nanoseconds) / 1e9))
        }
        row.detected = delays.count
        row.meanDelay = delays.isEmpty ? nil : delays.reduce(0, +) / Double(delays.count)
        row.falseFirings = fired.count { episode in !incidents.contains { belongs(episode, $0) } }
    }

    /// The row to take; nil where none is any good.
    static func best(_ rows: [Row], isWorseAbove: Bool) -> Int? {
        let known = rows.contains { $0.falseFirings != nil }
        let candidates = rows.indices.filter { known ? rows[$0].detected > 0 : rows[$0].perWeek <= noiseMax }
        return candidates.min { left, right in
            let (one, other) = (rows[left], rows[right])
            if known {
                if one.detected != other.detected { return one.detected > other.detected }
                if one.falseFirings != other.falseFirings { return (one.falseFirings ?? 0) < (other.falseFirings ?? 0) }
                if one.meanDelay != other.meanDelay { return (one.meanDelay ?? 0) < (other.meanDelay ?? 0) }
                // Of equal ones the one that is furthest from firing without need.
                return isWorseAbove ? one.threshold > other.threshold : one.threshold < other.threshold
            }
            if one.threshold != other.threshold {
                return isWorseAbove ? one.threshold < other.threshold : one.threshold > other.threshold
            }
            return one.duration < other.duration
        }
    }
}
