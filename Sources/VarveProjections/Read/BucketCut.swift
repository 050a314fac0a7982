// Maps a range of event time to a view's buckets. Everything that takes `--from` and `--to` uses it.
//
//     range             ├────────────────────────────────┤
//     buckets      │    ▒▒▒▒│████████│████████│████████│▒▒     │
//                       head          whole            tail
//
// A view stores whole buckets. The events of head and tail are folded separately from the log; where that is no longer
// possible, an answer states the range it covers instead.

public import VarveEvents

/// A range of event time, cut at the borders of a view's buckets.
public struct BucketCut: Hashable, Sendable {
    /// An end of the range that covers only part of its buckets.
    public struct End: Hashable, Sendable {
        /// The inclusive start of event time; nil for everything before `to`.
        public var from: Timestamp?
        /// The exclusive end of event time; nil for everything from `from` on.
        public var to: Timestamp?
        /// One bucket, or two where a zone's clocks are set back across midnight.
        public var buckets: ClosedRange<Int64>
    }

    /// The buckets that lie completely in the range; nil if there are none.
    public let whole: ClosedRange<Int64>?
    /// Empty, one end, or head and tail.
    public let ends: [End]

    init(whole: ClosedRange<Int64>?, ends: [End]) {
        (self.whole, self.ends) = (whole, ends)
    }

    /// Cuts `from ..< to`, either of which may be open, at the buckets of `level`. Nil if the range is empty.
    public init?(from: Timestamp?, to: Timestamp?, _ zone: BucketZone, _ level: BucketLevel) {
        if let from, let to, from >= to { return nil }
        if to?.nanoseconds == .min { return nil }
        guard level != .all else {
            let isOpen = from == nil && to == nil
            whole = isOpen ? .min ... .max : nil
            ends = isOpen ? [] : [End(from: from, to: to, buckets: 0...0)]
            return
        }
        // The first and last bucket that overlap the range, and the first and last that lie completely in it.
        var (lowest, first) = (Int64.min, Int64.min)
        if let start = from?.nanoseconds {
            let bucket = zone.bucket(of: start, level)
            lowest = zone.span(of: bucket - 1, level).upperBound > start ? bucket - 1 : bucket
            first = lowest
            while zone.span(of: first, level).lowerBound < start { first += 1 }
        }
        var (highest, last) = (Int64.max, Int64.max)
        if let end = to?.nanoseconds {
            let bucket = zone.bucket(of: end - 1, level)
            highest = zone.span(of: bucket + 1, level).lowerBound < end ? bucket + 1 : bucket
            last = highest
            while zone.span(of: last, level).upperBound > end { last -= 1 }
        }
        guard first <= last else {
            whole = nil
            ends = [End(from: from, to: to, buckets: lowest...highest)]
            return
        }
        whole = first...last
        var ends: [End] = []
        if lowest < first {
            let end = (lowest..<first).map { zone.span(of: $0, level).upperBound }.max() ?? .max
            let stop = min(Timestamp(nanoseconds: end), to ?? Timestamp(nanoseconds: end))
            ends.append(End(from: from, to: stop, buckets: lowest...(first - 1)))
        }
        if last < highest {
            let start = ((last + 1)...highest).map { zone.span(of: $0, level).lowerBound }.min() ?? .min
            let begin = max(Timestamp(nanoseconds: start), from ?? Timestamp(nanoseconds: start))
            ends.append(End(from: begin, to: to, buckets: (last + 1)...highest))
        }
        self.ends = ends
    }

    /// Every bucket that overlaps the range.
    public var buckets: ClosedRange<Int64> {
        let all = ends.map(\.buckets) + (whole.map { [$0] } ?? [])
        let first = all.map(\.lowerBound).min() ?? 0
        return first...max(first, all.map(\.upperBound).max() ?? first)
    }
}

extension ViewDefinition {
    /// How `from ..< to` maps to the buckets that the view stores permanently. Nil if the range is empty.
    public func cut(from: Timestamp?, to: Timestamp?) -> BucketCut? {
        BucketCut(from: from, to: to, zone, permanentLevel)
    }
}
