/// How long to wait before the next attempt.
public struct Backoff: Hashable, Sendable {
    /// Seconds after the first attempt; twice as long after each further one.
    public var first = 1.0
    public var longest = 300.0
    /// Attempts in all.
    public var attempts = 12

    public init() {}

    /// Seconds after attempt `number`, from 1; nil when there is no further one. `spread`, from 0 to 1, keeps many that failed
    /// together from coming back together.
    public func pause(after number: Int, spread: Double) -> Double? {
        guard number >= 1, number < attempts else { return nil }
        var pause = first
        for _ in 1..<number where pause < longest { pause *= 2 }
        return min(pause, longest) * (0.75 + 0.5 * min(max(spread, 0), 1))
    }
}
