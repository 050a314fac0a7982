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

/// A comparison of one field: `status>=500`, `region=eu`. An event without the field does not match.
public struct FieldCondition: Hashable, Sendable {
    public enum Comparison: String, CaseIterable, Sendable {
        case notEqual = "!="
        case lessOrEqual = "<="
        case greaterOrEqual = ">="
        case equal = "="
        case less = "<"
        case greater = ">"

        func holds<Operand: Comparable>(_ left: Operand, _ right: Operand) -> Bool {
            switch self {
            case .equal: left == right
            case .notEqual: left != right
            case .less: left < right
            case .lessOrEqual: left <= right
            case .greater: left > right
            case .greaterOrEqual: left >= right
            }
        }
    }

    /// A field of the envelope (`id`, `tenant`, `component`, `session`, `user`), else an attribute.
    public var field: String
    public var comparison: Comparison
    /// As text; numbers are compared as numbers, truth values are `true` and `false`.
    public var value: String

    public init(_ field: String, _ comparison: Comparison, _ value: String) {
        self.field = field
        self.comparison = comparison
        self.value = value
    }

    /// Reads `field=value`, `field>value` and so on; nil when there is no comparison in `text`.
    public init?(parsing text: String) {
        guard let start = text.firstIndex(where: { "=!<>".contains($0) }), start > text.startIndex else { return nil }
        let rest = text[start...]
        guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else { return nil }
        self.init(String(text[..<start]), comparison, String(rest.dropFirst(comparison.rawValue.count)))
    }

    /// The columns that may hold the field.
    var keys: [ColumnKey] {
        if let key = ColumnKey.envelope.first(where: { $0.name == field }) { return [key] }
        return ValueType.allCases.map { ColumnKey(.attribute, field, $0) }
    }
}

/// What a scan had to read.
public struct ScanCount: Hashable, Sendable {
    /// Frames in the range.
    public internal(set) var frames = 0
    /// Frames of which a column was decoded.
    public internal(set) var framesOpened = 0
    /// Events delivered.
    public internal(set) var events: UInt64 = 0
    /// Events of frames that were passed over because they have no signal that is wanted.
    public internal(set) var passed: UInt64 = 0
}
