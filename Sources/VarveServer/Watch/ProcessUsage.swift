internal import Foundation

/// What this process has taken of the machine.
enum ProcessUsage {
    /// Bytes of memory that are resident; nil where the system does not say.
    static var memoryBytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Seconds of processor time, of the program and of the system for it.
    static var cpuSeconds: Double {
        var usage = rusage()
        // 0 is this process, under different types on different systems.
        guard getrusage(0, &usage) == 0 else { return 0 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
