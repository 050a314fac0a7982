public import VarveDisk
internal import VarveEvents

/// State that the last retention leaves for the next: the clocks, and how long events are kept.
public struct RetentionMemory: Hashable, Sendable {
    public var clock: ClockReading?
    /// How long events are kept, in nanoseconds.
    public var limit: Int64

    /// Thirty days.
    public static let defaultLimit: Int64 = 30 * 86_400 * 1_000_000_000
    /// The two clocks do not drift further apart than this on their own.
    static let clockTolerance: Int64 = 48 * 3_600 * 1_000_000_000

    public init(clock: ClockReading? = nil, limit: Int64 = RetentionMemory.defaultLimit) {
        self.clock = clock
        self.limit = limit
    }

    /// By how many nanoseconds the wall clock has advanced more than the machine's uptime, if that is more than 48 hours. Nil
    /// if not, or if the machine was restarted in between, so that nothing is known.
    public func jump(to now: ClockReading) -> Int64? {
        guard let clock, clock.start == now.start, now.start != 0, now.sinceStart >= clock.sinceStart else { return nil }
        let (wall, overflow) = now.wall.subtractingReportingOverflow(clock.wall)
        guard !overflow else { return .max }
        let jump = wall.subtractingReportingOverflow(now.sinceStart - clock.sinceStart)
        return jump.overflow || jump.partialValue > Self.clockTolerance ? jump.partialValue : nil
    }
}
