internal import VarveDisk
public import VarveEvents

/// Which segments have expired. A pure function of facts.
public struct RetentionPlan: Sendable {
    /// Why the oldest remaining segment is not removed.
    public enum Hold: Hashable, Sendable {
        /// There is no other sealed segment.
        case nothing
        /// Its newest event was appended less than the limit ago.
        case young
        /// A projector has not read past this offset.
        case projector(UInt64)
        /// It is pinned.
        case pinned
    }

    /// The segments to remove, oldest first.
    public var removed: [SegmentInfo] = []
    /// R after the retention.
    public var retained: UInt64
    public var hold = Hold.nothing

    /// Offsets removed although the slowest projector has not read them, because its grace period or byte limit is used up. The
    /// projector will find these offsets missing and record the gap in its views.
    public var unread: Range<UInt64>?
    /// What is kept of these segments and of earlier ones because of a rule. Set after the retention has run;
    /// `LogMaintenance.kept` gives it in advance.
    public var kept = KeptCount()

    public var bytes: UInt64 { removed.reduce(0) { $0 + $1.bytes } }
    public var events: UInt64 { removed.reduce(0) { $0 + $1.rows } }

    /// - Parameters:
    ///   - segments: all segments of the log, by first offset.
    ///   - retained: the current R.
    ///   - now: nanoseconds since 1970, by the clock that stamps append times.
    ///   - limit: how long an event is kept, in nanoseconds.
    ///   - hold: the position of the slowest projector, and how long it may hold back what it has not read.
    ///   - pins: neither a segment that overlaps one of these ranges nor any later segment is removed.
    public init(
        _ segments: [SegmentInfo], retained: UInt64, now: Timestamp, limit: Int64, hold: ProjectorHold? = nil,
        pins: [Range<UInt64>] = []
    ) {
        self.retained = retained
        let segments = segments.withPlausibleTimes(at: now)
        let old = segments.prefix { $0.isSealed && ($0.observed.map { Self.isPast($0, now, limit) } ?? true) }
        /// Bytes of `old` that the projector has not read.
        var waiting = hold.map { hold in old.lazy.filter { $0.endOffset.value > hold.offset }.reduce(0) { $0 + $1.bytes } } ?? 0
        /// Segments without known times (all of their frames are damaged); they are removed together with the next one.
        var unknown: [SegmentInfo] = []
        for segment in segments where segment.isSealed {
            let offsets = segment.firstOffset.value..<segment.endOffset.value
            if let observed = segment.observed, !Self.isPast(observed, now, limit) { self.hold = .young; return }
            if pins.contains(where: { $0.overlaps(offsets) }) { self.hold = .pinned; return }
            if let hold, hold.offset < offsets.upperBound {
                let isOverdue = segment.observed.map { hold.isOver($0, now, limit) } ?? false
                if !isOverdue, waiting <= hold.bytes { self.hold = .projector(hold.offset); return }
                waiting -= segment.bytes
            }
            unknown.append(segment)
            if segment.observed == nil { continue }
            removed += unknown
            unknown = []
            self.retained = offsets.upperBound
            if let hold, hold.offset < offsets.upperBound { unread = max(hold.offset, retained)..<offsets.upperBound }
        }
    }

    static func isPast(_ observed: ClosedRange<Timestamp>, _ now: Timestamp, _ limit: Int64) -> Bool {
        let (oldest, overflow) = now.nanoseconds.subtractingReportingOverflow(limit)
        return !overflow && observed.upperBound.nanoseconds < oldest
    }
}
