internal import VarveEvents

/// What a replay comes to.
public struct ReplaySummary: Hashable, Sendable {
    public var fired: Int
    /// Conditions that held, and not for long enough.
    public var pendingOnly: Int
    /// Firings in seven days.
    public var perWeek: Double
    /// Seconds from when the condition began to hold to when the alert fired; nil where none did.
    public var meanDelay: Double?
}

extension AlertReplay.Result {
    public var summary: ReplaySummary {
        let fired = episodes.filter { $0.firingAt != nil }
        let seconds = Double(to.nanoseconds - from.nanoseconds) / 1e9
        let delays = fired.map { Double(($0.firingAt ?? $0.pendingAt).nanoseconds - $0.pendingAt.nanoseconds) / 1e9 }
        return ReplaySummary(
            fired: fired.count, pendingOnly: episodes.count - fired.count,
            perWeek: seconds > 0 ? Double(fired.count) * 604_800 / seconds : 0,
            meanDelay: delays.isEmpty ? nil : delays.reduce(0, +) / Double(delays.count))
    }
}
