public import Foundation

extension Timestamp {
    /// The wall clock, to the nanosecond.
    public static var now: Timestamp {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Timestamp(nanoseconds: Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec))
    }

    /// The moment of a `Date`, to the microsecond, which is about as exact as a `Date` of our time is. One beyond the years 1678
    /// to 2262 becomes their end.
    public init(_ date: Date) {
        let microseconds = (date.timeIntervalSince1970 * 1_000_000).rounded()
        let limit = Int64.max / 1_000
        let bounded = microseconds.isNaN ? 0 : min(max(microseconds, -Double(limit)), Double(limit))
        let whole = Int64(exactly: bounded).map { min(max($0, -limit), limit) } ?? (bounded < 0 ? -limit : limit)
        self.init(nanoseconds: whole * 1_000)
    }

    /// The same moment, as exact as a `Date` is.
    public var date: Date {
        Date(timeIntervalSince1970: Double(nanoseconds) / 1_000_000_000)
    }
}
