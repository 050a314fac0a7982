internal import VarveEvents

/// The past and future UTC offsets of a time zone. They are passed in, since time zone databases change, and are part of the
/// fingerprint of a view that uses them: a view with different rules is a different view.
public struct ZoneRules: Hashable, Sendable {
    /// From `second` on (seconds since 1970, UTC) local time is `offset` seconds ahead of UTC.
    public struct Change: Hashable, Sendable {
        public var second: Int64
        public var offset: Int64

        public init(second: Int64, offset: Int64) {
            self.second = second
            self.offset = offset
        }
    }

    /// `Europe/Berlin`.
    public let name: String
    /// The offset before the first change.
    public let initial: Int64
    /// Ascending.
    public let changes: [Change]

    /// Nil unless the changes are ascending and no offset exceeds a day.
    public init?(name: String, initial: Int64, changes: [Change]) {
        guard zip(changes, changes.dropFirst()).allSatisfy({ $0.second < $1.second }),
            ([initial] + changes.map(\.offset)).allSatisfy({ abs($0) < 86_400 })
        else { return nil }
        self.name = name
        self.initial = initial
        self.changes = changes
    }

    /// The offset of local time at `second`, and the range of seconds in which it applies.
    func offset(at second: Int64) -> (offset: Int64, valid: Range<Int64>) {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].second <= second { low = middle + 1 } else { high = middle }
        }
        let start = low == 0 ? Int64.min : changes[low - 1].second
        return (low == 0 ? initial : changes[low - 1].offset, start..<(low == changes.count ? .max : changes[low].second))
    }

    /// The times as local time, represented as if it were UTC. One lookup per run of equal offsets.
    func local(_ times: [Int64]) -> [Int64] {
        var known: (offset: Int64, valid: Range<Int64>) = (0, 0..<0)
        return times.map { time in
            let second = time.flooredSeconds
            if !known.valid.contains(second) { known = offset(at: second) }
            let (local, overflow) = time.addingReportingOverflow(known.offset * 1_000_000_000)
            return overflow ? time : local
        }
    }

    /// The first moment at which local time is `local` (nanoseconds, as if UTC) or later.
    func first(local: Int64) -> Int64 { moment(local, isFirst: true) }

    /// The moment from which on local time is never before `local` again.
    func last(local: Int64) -> Int64 { moment(local, isFirst: false) }

    /// Where clocks are set back, `local` occurs twice: returns the first or the last occurrence.
    private func moment(_ local: Int64, isFirst: Bool) -> Int64 {
        let second = local.flooredSeconds
        let before = offset(at: second &- 86_400).offset
        let after = offset(at: second &+ 86_400).offset
        for candidate in isFirst ? [before, after] : [after, before] where offset(at: second - candidate).offset == candidate {
            let (moment, overflow) = local.subtractingReportingOverflow(candidate * 1_000_000_000)
            return overflow ? (candidate < 0 ? .max : .min) : moment
        }
        // The clocks skip it: the moment of the change.
        let (jump, overflow) = offset(at: second - min(before, after)).valid.lowerBound.multipliedReportingOverflow(
            by: 1_000_000_000)
        return overflow ? .min : jump
    }
}

extension Int64 {
    /// Whole seconds of a time in nanoseconds, rounded down.
    fileprivate var flooredSeconds: Int64 {
        let (quotient, rest) = quotientAndRemainder(dividingBy: 1_000_000_000)
        return rest < 0 ? quotient - 1 : quotient
    }
}
