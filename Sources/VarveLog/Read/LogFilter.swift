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

    func matches(signal: String) -> Bool {
        signals.isEmpty || signals.contains { Self.glob($0, matches: signal) }
    }

    /// `*` for any characters, everything else for itself. Linear but for one step back per star.
    static func glob(_ pattern: String, matches text: String) -> Bool {
        let pattern = Array(pattern.utf8)
        let text = Array(text.utf8)
        let star = UInt8(ascii: "*")
        var (p, t) = (0, 0)
        var resume: (pattern: Int, text: Int)?
        while t < text.count {
            if p < pattern.count, pattern[p] == star {
                resume = (p + 1, t)
                p += 1
            } else if p < pattern.count, pattern[p] == text[t] {
                p += 1
                t += 1
            } else if let last = resume {
                resume = (last.pattern, last.text + 1)
                (p, t) = (last.pattern, last.text + 1)
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == star }
    }
}
