internal import VarveDisk
public import VarveEvents

/// Which segments are past the limit. Pure: what is known goes in as values, a list comes out.
public struct RetentionPlan: Sendable {
    /// Why the oldest segment that stays is not removed.
    public enum Hold: Hashable, Sendable {
        /// Nothing sealed is left.
        case nothing
        /// Its newest event was appended less than the limit ago.
        case young
        /// A projector has not read past this offset.
        case projector(UInt64)
        /// Somebody has pinned it.
        case pinned
    }

    /// Removed from the oldest on.
    public var removed: [SegmentInfo] = []
    /// R afterwards.
    public var retained: UInt64
    public var hold = Hold.nothing

    /// Goes although the slowest projector has not read it: its time of grace or its share of the disk is used up. It will find
    /// these offsets gone and say so in its views.
    public var unread: Range<UInt64>?
    /// What stays of the removed segments, and of those before them: events that a rule keeps. Known when it has been done, or
    /// from `LogMaintenance.kept`.
    public var kept = KeptCount()

    public var bytes: UInt64 { removed.reduce(0) { $0 + $1.bytes } }
    public var events: UInt64 { removed.reduce(0) { $0 + $1.rows } }

    /// - Parameters:
    ///   - segments: all of the log, by first offset.
    ///   - retained: R now.
    ///   - now: nanoseconds since 1970, of the clock that stamps append times.
    ///   - limit: how long an event stays, in nanoseconds.
    ///   - hold: where the slowest projector is, and how long it may hold what it has not read.
    ///   - pins: no segment that touches one of these goes, nor any behind it.
    public init(
        _ segments: [SegmentInfo], retained: UInt64, now: Timestamp, limit: Int64, hold: ProjectorHold? = nil,
        pins: [Range<UInt64>] = []
    ) {
        self.retained = retained
        let segments = segments.settled(at: now)
        let old = segments.prefix { $0.isSealed && ($0.observed.map { Self.isPast($0, now, limit) } ?? true) }
        /// What of `old` waits for the projector.
        var waiting = hold.map { hold in old.lazy.filter { $0.endOffset.value > hold.offset }.reduce(0) { $0 + $1.bytes } } ?? 0
        /// Segments whose times nobody knows any more (all of their frames are damaged) go together with the next one.
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
