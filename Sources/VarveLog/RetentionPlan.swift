public import VarveDisk
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

    fileprivate static func isPast(_ observed: ClosedRange<Timestamp>, _ now: Timestamp, _ limit: Int64) -> Bool {
        let (oldest, overflow) = now.nanoseconds.subtractingReportingOverflow(limit)
        return !overflow && observed.upperBound.nanoseconds < oldest
    }
}

/// What the slowest projector may hold. A projector that stands still must not fill the disk for ever.
public struct ProjectorHold: Hashable, Sendable {
    /// It has read everything below.
    public var offset: UInt64
    /// How much longer than the limit an event waits for it, in nanoseconds.
    public var grace: Int64
    /// How many bytes of segments past the limit wait for it; beyond that the oldest go.
    public var bytes: UInt64

    /// Seven days.
    public static let defaultGrace: Int64 = 7 * 86_400 * 1_000_000_000
    /// A week of a thousand events a second at ten bytes each, and some.
    public static let defaultBytes: UInt64 = 8 << 30

    public init(offset: UInt64, grace: Int64 = ProjectorHold.defaultGrace, bytes: UInt64 = ProjectorHold.defaultBytes) {
        self.offset = offset
        self.grace = grace
        self.bytes = bytes
    }

    fileprivate func isOver(_ observed: ClosedRange<Timestamp>, _ now: Timestamp, _ limit: Int64) -> Bool {
        let (both, overflow) = limit.addingReportingOverflow(grace)
        return !overflow && RetentionPlan.isPast(observed, now, both)
    }
}

/// What the last retention knew: the clocks, and how long events stayed.
public struct RetentionMemory: Hashable, Sendable {
    public var clock: ClockReading?
    /// Nanoseconds.
    public var limit: Int64

    /// Thirty days, before anybody has said otherwise.
    public static let defaultLimit: Int64 = 30 * 86_400 * 1_000_000_000
    /// Further apart than this the two clocks do not go on their own.
    static let clockTolerance: Int64 = 48 * 3_600 * 1_000_000_000

    public init(clock: ClockReading? = nil, limit: Int64 = RetentionMemory.defaultLimit) {
        self.clock = clock
        self.limit = limit
    }

    /// By how many nanoseconds the wall clock has gone further than the machine has run, when that is more than 48 hours.
    /// Nil when it has not, or when the machine was started anew in between and nothing can be said.
    public func jump(to now: ClockReading) -> Int64? {
        guard let clock, clock.start == now.start, now.start != 0, now.sinceStart >= clock.sinceStart else { return nil }
        let (wall, overflow) = now.wall.subtractingReportingOverflow(clock.wall)
        guard !overflow else { return .max }
        let jump = wall.subtractingReportingOverflow(now.sinceStart - clock.sinceStart)
        return jump.overflow || jump.partialValue > Self.clockTolerance ? jump.partialValue : nil
    }
}

/// Offsets that no retention removes, under a name.
public struct RetentionPin: Hashable, Sendable {
    public var offsets: Range<UInt64>
    public var name: String

    public init(offsets: Range<UInt64>, name: String) {
        self.offsets = offsets
        self.name = name
    }
}
