#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Waits until a file in a directory is written, created or renamed. One thread waits; any thread may wake it.
///
/// On Linux inotify reports changes, and a waiting thread makes no system calls. Elsewhere, or when the system has no watch
/// left, `isNotified` is false and `wait` returns after a pause.
public final class DirectoryWatch: Sendable {
    /// Whether the system reports changes.
    public var isNotified: Bool { events >= 0 }
    private let names: Set<String>
    /// The inotify descriptor, or -1.
    private let events: Int32
    /// The read and write ends of the pipe by which `wake` ends a `wait`, or -1.
    private let wakeReadEnd: Int32
    private let wakeWriteEnd: Int32
    private let woken = Monitor(false)
    private static let bufferSize = 4_096

    /// Watches the files `names` in `directory`, which must exist.
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
                (wakeReadEnd, wakeWriteEnd) = (ends[0], ends[1])
                return
            }
        }
        for open in ends + [events] where open >= 0 { close(open) }
        #endif
        self.events = -1
        (wakeReadEnd, wakeWriteEnd) = (-1, -1)
    }

    deinit {
        for open in [events, wakeReadEnd, wakeWriteEnd] where open >= 0 { close(open) }
    }

    /// Blocks until one of the files has changed, until `wake`, or for `limit` nanoseconds; without notifications for `pause`
    /// nanoseconds.
    public func wait(pause: Int64, atMost limit: Int64 = .max) {
        guard isNotified else {
            _ = woken.wait(atMost: min(pause, limit)) { woken -> Void? in
                defer { woken = false }
                return woken ? () : nil
            }
            return
        }
        #if canImport(Glibc)
        let milliseconds = limit == .max ? -1 : Int32(clamping: max(0, limit) / 1_000_000)
        while true {
            var requests = [
                pollfd(fd: events, events: Int16(POLLIN), revents: 0), pollfd(fd: wakeReadEnd, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&requests, 2, milliseconds)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            if requests[1].revents != 0 {
                var bytes: UInt64 = 0
                while read(wakeReadEnd, &bytes, 8) > 0 {}
                return
            }
            if readNames() { return }
        }
        #endif
    }

    /// Ends the current `wait`, or the next one.
    public func wake() {
        guard isNotified else { return woken.withLock { $0 = true } }
        #if canImport(Glibc)
        var one: UInt8 = 1
        _ = write(wakeWriteEnd, &one, 1)
        #endif
    }

    #if canImport(Glibc)
    /// Reads pending inotify events. Returns whether any concerns one of the files.
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
                    // After a queue overflow any file may have changed.
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
