// What a reader is looking for. A scan applies it in three steps: to manifest and footer (times, signals, membership filters)
// before anything is read; to the columns that the filter names, before others are decoded; and to the rows.

public import VarveEvents

/// Conditions on events, all of which must hold. An empty filter matches every event.
public struct LogFilter: Hashable, Sendable {
    /// Event time at or after this.
    public var from: Timestamp?
    /// Event time before this.
    public var to: Timestamp?
    /// Signal patterns, one of which must match; `*` stands for any characters. Empty matches all.
    public var signals: [String] = []
    public var session: String?
    public var user: String?
    public var component: String?
    public var id: String?
    /// Conditions on fields of the envelope and on attributes.
    public var conditions: [FieldCondition] = []

    public init() {}

    /// Whether every event matches.
    public var isEmpty: Bool { self == LogFilter() }

    var needsTimes: Bool { from != nil || to != nil }

    /// Exact values that membership filters can rule out.
    var members: [(column: MemberColumn, value: String)] {
        [(.session, session), (.user, user), (.component, component), (.id, id)].compactMap { column, value in
            value.map { (column, $0) }
        }
    }

    /// Whether an event with a time in this range may match.
    func mayMatch(times: ClosedRange<Int64>) -> Bool {
        if let from, times.upperBound < from.nanoseconds { return false }
        if let to, times.lowerBound >= to.nanoseconds { return false }
        return true
    }

    /// The same filter for events within `times`, without the time limits that all of them satisfy.
    func narrowed(to times: ClosedRange<Timestamp>) -> LogFilter {
        var filter = self
        if let from, times.lowerBound >= from { filter.from = nil }
        if let to, times.upperBound < to { filter.to = nil }
        return filter
    }

    func matches(signal: String) -> Bool {
        signals.isEmpty || signals.contains { Glob($0).matches(signal) }
    }
}
