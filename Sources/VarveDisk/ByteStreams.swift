// What is read or written from front to back once: input files, pipes, standard input and output, and dead-letter files. The
// store's own files go through `Disk`; these do not, because nothing of them is read at a position or recovered.

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif
internal import Synchronization

/// An input that is read from front to back: a file named by the user, a pipe, a terminal.
public final class ByteSource: Sendable {
    public let path: String
    private let descriptor: Int32

    public static let standardInput = ByteSource(descriptor: 0, path: "-")

    private init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a file of the user's, links followed, FIFOs and devices allowed; a directory is refused.
    public init(reading path: String) throws(DiskError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw DiskError(.badPath, operation: "open", path: path, detail: "empty, or holds a NUL")
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DiskError(errno: errno, operation: "open", path: path) }
        self.path = path
        var status = stat()
        if fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw DiskError(.wrongKind, operation: "open", path: path, detail: "a directory")
        }
    }

    deinit { if descriptor > 0 { close(descriptor) } }

    /// What a read gave.
    public enum Outcome: Hashable, Sendable {
        case bytes(Int)
        case end
        /// Nothing came within the time given, or a signal arrived.
        case nothingYet
    }

    /// Reads what there is, at most `buffer.count` bytes. Waits for the first byte at most `milliseconds`.
    public func read(into buffer: UnsafeMutableRawBufferPointer, waitingAtMost milliseconds: Int32) throws(DiskError) -> Outcome {
        precondition(!buffer.isEmpty, "no room to read into")
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let ready = poll(&waiting, 1, milliseconds)
        if ready == 0 || ready < 0 && errno == EINTR { return .nothingYet }
        let count = systemRead(descriptor, buffer.baseAddress, buffer.count)
        if count > 0 { return .bytes(count) }
        if count == 0 { return .end }
        if errno == EINTR || errno == EAGAIN { return .nothingYet }
        throw DiskError(errno: errno, operation: "read", path: path)
    }
}

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

// The methods' own `read` and `write` would hide these.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, buffer, count) }
