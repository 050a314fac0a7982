public import VarveDisk
internal import VarveEvents

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
