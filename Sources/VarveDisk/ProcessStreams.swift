// What a process has besides files: standard output and error, and signals that ask it to stop.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import Synchronization

/// An output that is written from front to back.
public final class ByteSink: Sendable {
    public let path: String
    private let descriptor: Int32

    public static let standardOutput = ByteSink(descriptor: 1, path: "standard output")
    public static let standardError = ByteSink(descriptor: 2, path: "standard error")

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Whether a person is looking at it.
    public var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all of `bytes`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(DiskError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let count = systemWrite(descriptor, base, rest.count)
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, 1_000)
            } else if errno != EINTR {
                throw DiskError(errno: errno, operation: "write", path: path)
            }
        }
    }
}

/// Whether the process was asked to stop, by Ctrl-C or SIGTERM. A loop that takes input looks here between two steps.
public enum StopSignal {
    /// From now on the first SIGINT or SIGTERM only sets `isRequested`; the second ends the process.
    public static func install() {
        requested.store(false, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            var action = sigaction()
            #if canImport(Glibc)
            action.__sigaction_handler.sa_handler = { _ in requested.store(true, ordering: .relaxed) }
            #else
            action.__sigaction_u.__sa_handler = { _ in requested.store(true, ordering: .relaxed) }
            #endif
            // Without SA_RESTART, so that a blocking call returns; the next signal is the system's own again.
            action.sa_flags = Int32(truncatingIfNeeded: Int64(SA_RESETHAND))
            sigaction(number, &action, nil)
        }
    }

    public static var isRequested: Bool { requested.load(ordering: .relaxed) }
}

private let requested = Atomic<Bool>(false)

// The method's own `write` would hide this one.
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
