// Two clocks that must agree before retention deletes anything: the wall clock, which anyone can set, and the time since boot,
// which nobody can set.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The readings of both clocks at one moment, and an identifier of the boot that the second one counts from.
public struct ClockReading: Hashable, Sendable {
    /// Nanoseconds since 1970.
    public var wall: Int64
    /// Nanoseconds since boot, including sleep.
    public var sinceStart: Int64
    /// Identifies the boot; 0 if unknown.
    public var start: UInt64

    public init(wall: Int64, sinceStart: Int64, start: UInt64) {
        self.wall = wall
        self.sinceStart = sinceStart
        self.start = start
    }

    /// Reads the clocks.
    public static func now() -> ClockReading {
        ClockReading(wall: wallClockNanoseconds(), sinceStart: elapsedNanoseconds(), start: bootNumber())
    }

    /// The first 64 bits of the random id that Linux assigns at boot.
    private static func bootNumber() -> UInt64 {
        let path = "/proc/sys/kernel/random/boot_id"
        guard let handle = try? RealDisk().open(path, .read) else { return 0 }
        let file = DiskFile(handle, on: RealDisk())
        guard let bytes = try? file.read(64, at: 0) else { return 0 }
        let digits = bytes.filter { $0 != UInt8(ascii: "-") }.prefix(16)
        return UInt64(String(decoding: digits, as: UTF8.self), radix: 16) ?? 0
    }
}

/// Nanoseconds since boot, including sleep. This clock cannot be set.
public func elapsedNanoseconds() -> Int64 {
    var since = timespec()
    #if canImport(Glibc)
    clock_gettime(CLOCK_BOOTTIME, &since)
    #else
    clock_gettime(CLOCK_MONOTONIC_RAW, &since)
    #endif
    return Int64(since.tv_sec) &* 1_000_000_000 &+ Int64(since.tv_nsec)
}

/// The wall clock in nanoseconds since 1970. It is data only: nothing may depend on its order.
public func wallClockNanoseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int64(now.tv_sec) &* 1_000_000_000 &+ Int64(now.tv_nsec)
}
