internal import VarveBatchFormat
public import VarveDisk
public import VarveEvents

/// Parameters of a retention.
public struct RetentionRequest: Sendable {
    /// How long an event is kept, in nanoseconds, by append time.
    public var limit: Int64
    /// The slowest projector, and how long it may hold back what it has not read.
    public var hold: ProjectorHold?
    /// Offsets to keep regardless of age, in addition to the pins of the log.
    public var pins: [Range<UInt64>] = []
    /// The current clock readings.
    public var clock = ClockReading.now()
    /// Replaces the wall clock, for tests and by hand. The clocks are then not compared.
    public var now: Timestamp?
    /// Proceed even if the limit is lower than last time or the clock has jumped.
    public var isConfirmed = false

    public init(limit: Int64 = RetentionMemory.defaultLimit) { self.limit = limit }

    var moment: Timestamp { now ?? Timestamp(nanoseconds: clock.wall) }
}
