internal import VarveEvents

/// Limits how much the slowest projector may hold back, so that a stopped projector does not fill the disk.
public struct ProjectorHold: Hashable, Sendable {
    /// The projector has read all events below this offset.
    public var offset: UInt64
    /// How much longer than the limit an event is kept for the projector, in nanoseconds.
    public var grace: Int64
    /// How many bytes of expired segments are kept for the projector; beyond that the oldest are removed.
    public var bytes: UInt64

    /// Seven days.
    public static let defaultGrace: Int64 = 7 * 86_400 * 1_000_000_000
    /// More than a week of a thousand events a second at ten bytes each.
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
