// What a reader is looking for. A scan asks three times: the manifest and the footer (times, signals, membership filters) before
// anything is read, the columns that the filter names before the others are decoded, and the rows.

public import VarveEvents

/// Conditions on events, all of which must hold. Without any, every event matches.
public struct LogFilter: Hashable, Sendable {
    /// Event time from here on.
    public var from: Timestamp?
    /// Event time before this.
    public var to: Timestamp?
    /// The signal matches one of these, in which `*` stands for any characters; none given means all.
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

    /// Exact values that membership filters know about.
    var members: [(column: MemberColumn, value: String)] {
        [(.session, session), (.user, user), (.component, component), (.id, id)].compactMap { column, value in
            value.map { (column, $0) }
        }
    }

    /// Whether events of these times may match.
    func mayMatch(times: ClosedRange<Int64>) -> Bool {
        if let from, times.upperBound < from.nanoseconds { return false }
        if let to, times.lowerBound >= to.nanoseconds { return false }
        return true
    }

    /// The same for events of these times: without the limits that all of them keep.
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
