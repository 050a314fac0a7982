// Outputs that are not files of the log: standard output and standard error.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// A sequential output.
public final class ByteSink: Sendable {
    public let path: String
    private let descriptor: Int32

    public static let standardOutput = ByteSink(descriptor: 1, path: "standard output")
    public static let standardError = ByteSink(descriptor: 2, path: "standard error")

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Whether it is connected to a terminal.
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

// A wrapper, because inside the class `write` refers to the method.
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, buffer, count)
}
