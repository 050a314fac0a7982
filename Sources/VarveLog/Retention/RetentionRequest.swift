internal import VarveBatchFormat
public import VarveDisk
public import VarveEvents

/// What a retention is asked to do.
public struct RetentionRequest: Sendable {
    /// How long an event stays, in nanoseconds, by append time.
    public var limit: Int64
    /// The slowest projector, and how long it may hold what it has not read.
    public var hold: ProjectorHold?
    /// Offsets that stay, whatever their age, besides those that are pinned in the log.
    public var pins: [Range<UInt64>] = []
    /// Read from the clocks, unless a test or a person says otherwise with `now`.
    public var clock = ClockReading.now()
    /// This instead of the wall clock; then clocks are not compared.
    public var now: Timestamp?
    /// Go on although the limit is lower than last time, or the clock has jumped.
    public var isConfirmed = false

    public init(limit: Int64 = RetentionMemory.defaultLimit) { self.limit = limit }

    var moment: Timestamp { now ?? Timestamp(nanoseconds: clock.wall) }
}
