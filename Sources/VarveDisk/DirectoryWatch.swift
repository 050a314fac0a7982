#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Waits until a file of a directory is written, created or renamed. One thread waits; any thread may wake it.
///
/// On Linux the kernel tells of it (inotify), and a thread that waits makes no system call meanwhile. Elsewhere, or where the
/// system has no watch left, `isNotified` is false and `wait` looks again after a pause.
public final class DirectoryWatch: Sendable {
    /// Whether the system tells of changes.
    public var isNotified: Bool { events >= 0 }
    private let names: Set<String>
    /// The inotify descriptor, or -1.
    private let events: Int32
    /// The two ends of the pipe through which `wake` ends a `wait`, or -1.
    private let wakeable: Int32
    private let waking: Int32
    private let woken = Monitor(false)
    private static let bufferSize = 4_096

    /// Watches the files called `names` in `directory`, which must exist.
    public init(_ directory: String, names: Set<String>, polls: Bool = false) {
        self.names = names
        #if canImport(Glibc)
        var ends: [Int32] = [-1, -1]
        let events = polls ? -1 : inotify_init1(Int32(truncatingIfNeeded: Int(IN_CLOEXEC) | Int(IN_NONBLOCK)))
        let mask = UInt32(truncatingIfNeeded: Int(IN_MODIFY) | Int(IN_CREATE) | Int(IN_MOVED_TO))
        if events >= 0, pipe(&ends) == 0 {
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                _ = fcntl(end, F_SETFL, O_NONBLOCK)
            }
            if inotify_add_watch(events, directory, mask) >= 0 {
                self.events = events
                (wakeable, waking) = (ends[0], ends[1])
                return
            }
        }
        for open in ends + [events] where open >= 0 { close(open) }
        #endif
        self.events = -1
        (wakeable, waking) = (-1, -1)
    }

    deinit {
        for open in [events, wakeable, waking] where open >= 0 { close(open) }
    }

    /// Blocks until one of the files has changed, until `wake`, or, where the system tells nothing, for `pause` nanoseconds.
    public func wait(pause: Int64) {
        guard isNotified else {
            _ = woken.wait(atMost: pause) { woken -> Void? in
                defer { woken = false }
                return woken ? () : nil
            }
            return
        }
        #if canImport(Glibc)
        while true {
            var requests = [
                pollfd(fd: events, events: Int16(POLLIN), revents: 0), pollfd(fd: wakeable, events: Int16(POLLIN), revents: 0),
            ]
            guard poll(&requests, 2, -1) > 0 else {
                if errno == EINTR { continue }
                return
            }
            if requests[1].revents != 0 {
                var bytes: UInt64 = 0
                while read(wakeable, &bytes, 8) > 0 {}
                return
            }
            if readNames() { return }
        }
        #endif
    }

    /// Ends a `wait`, or the next one.
    public func wake() {
        guard isNotified else { return woken.withLock { $0 = true } }
        #if canImport(Glibc)
        var one: UInt8 = 1
        _ = write(waking, &one, 1)
        #endif
    }

    #if canImport(Glibc)
    /// Takes what the kernel has to tell. Whether it is about one of the files.
    private func readNames() -> Bool {
        var isOurs = false
        withUnsafeTemporaryAllocation(byteCount: Self.bufferSize, alignment: 8) { buffer in
            while true {
                let count = read(events, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                var place = 0
                while place + MemoryLayout<inotify_event>.size <= count {
                    let event = buffer.loadUnaligned(fromByteOffset: place, as: inotify_event.self)
                    let start = place + MemoryLayout<inotify_event>.size
                    let end = min(start + Int(event.len), count)
                    // A queue that ran over tells of nothing in particular, so of everything.
                    if event.mask & UInt32(truncatingIfNeeded: Int(IN_Q_OVERFLOW)) != 0 { isOurs = true }
                    let name = buffer[start..<end].prefix { $0 != 0 }
                    if names.contains(String(decoding: name, as: UTF8.self)) { isOurs = true }
                    place = end
                }
            }
        }
        return isOurs
    }
    #endif
}
