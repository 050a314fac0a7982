// Two clocks that must agree before anything old is deleted: the one on the wall, which anybody can set, and the time since the
// machine started, which nobody can.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Both clocks at one moment, and which start of the machine the second one counts from.
public struct ClockReading: Hashable, Sendable {
    /// Nanoseconds since 1970.
    public var wall: Int64
    /// Nanoseconds since the machine started, sleep included.
    public var sinceStart: Int64
    /// Differs from one start to the next; 0 when it is not known.
    public var start: UInt64

    public init(wall: Int64, sinceStart: Int64, start: UInt64) {
        self.wall = wall
        self.sinceStart = sinceStart
        self.start = start
    }

    /// The clocks now.
    public static func now() -> ClockReading {
        ClockReading(wall: wallClockNanoseconds(), sinceStart: elapsedNanoseconds(), start: bootNumber())
    }

    /// The first 64 bits of the random id that Linux gives each start.
    private static func bootNumber() -> UInt64 {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let handle = try? RealDisk().open(path, .read) else { return 0 }
        let file = DiskFile(handle, on: RealDisk())
        guard let bytes = try? file.read(64, at: 0) else { return 0 }
        let digits = bytes.filter { $0 != UInt8(ascii: "-") }.prefix(16)
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }
}

/// Nanoseconds since the machine started, sleep included. Nobody can set it.
public func elapsedNanoseconds() -> Int64 {
    var since = timespec()
    #if canImport(Glibc)
    clock_gettime(CLOCK_BOOTTIME, &since)
    #else
    clock_gettime(CLOCK_MONOTONIC_RAW, &since)
    #endif
    return Int64(since.tv_sec) &* 1_000_000_000 &+ Int64(since.tv_nsec)
}

/// The wall clock, in nanoseconds since 1970. Data, never order.
public func wallClockNanoseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
}
