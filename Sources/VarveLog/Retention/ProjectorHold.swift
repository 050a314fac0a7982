internal import VarveEvents

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

    func isOver(_ observed: ClosedRange<Timestamp>, _ now: Timestamp, _ limit: Int64) -> Bool {
        let (both, overflow) = limit.addingReportingOverflow(grace)
        return !overflow && RetentionPlan.isPast(observed, now, both)
    }
}
