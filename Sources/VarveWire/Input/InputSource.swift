internal import Foundation

/// A file, a pipe or standard input, decompressed if its name ends in `.gz`. Used by one thread at a time.
public final class InputSource: @unchecked Sendable {
    /// The result of one read.
    public enum Fill: Hashable, Sendable {
        case bytes(Int)
        /// Nothing arrived within the time-out.
        case idle
        case end
    }

    public let path: String
    /// The size of the file in bytes, compressed or not; nil for pipes and terminals.
    public let fileBytes: Int?
    /// Bytes read from the file so far, before decompression.
    public private(set) var bytesRead = 0
    private let descriptor: Int32
    private let inflater: GzipInflater?
    private var hasEnded = false

    /// Opens the file at `path`; `-` is standard input.
    public static func open(_ path: String) throws(InputError) -> InputSource {
        if path == "-" { return InputSource(path: "-", descriptor: 0, fileBytes: nil) }
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw InputError(errno: errno, path: path, doing: "opened") }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let number = errno
            close(descriptor)
            throw InputError(errno: number, path: path, doing: "examined")
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(descriptor)
            throw InputError(errno: EISDIR, path: path, doing: "read")
        }
        let isFile = status.st_mode & S_IFMT == S_IFREG
        return InputSource(path: path, descriptor: descriptor, fileBytes: isFile ? Int(status.st_size) : nil)
    }

    private init(path: String, descriptor: Int32, fileBytes: Int?) {
        self.path = path
        self.descriptor = descriptor
        self.fileBytes = fileBytes
        inflater = path.hasSuffix(".gz") ? GzipInflater() : nil
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// Reads once into `room`. Waits for the first byte, or at most `timeoutMilliseconds`.
    public func read(
        into room: UnsafeMutableRawBufferPointer, timeoutMilliseconds: Int32? = nil
    ) throws(InputError) -> Fill {
        guard let inflater else { return try readPlain(into: room, timeoutMilliseconds) }
        while true {
            let made = try inflater.inflate(into: room, path: path)
            if made > 0 { return .bytes(made) }
            if hasEnded {
                try inflater.checkEnd(path: path)
                return .end
            }
            switch try readPlain(into: inflater.room, timeoutMilliseconds) {
            case .idle: return .idle
            case .end: hasEnded = true
            case .bytes(let count): inflater.take(count)
            }
        }
    }

    private func readPlain(
        into room: UnsafeMutableRawBufferPointer, _ timeoutMilliseconds: Int32?
    ) throws(InputError) -> Fill {
        if let timeoutMilliseconds, fileBytes == nil {
            var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let ready = poll(&request, 1, timeoutMilliseconds)
            if ready == 0 || ready < 0 && errno == EINTR { return .idle }
        }
        while true {
            let count = Foundation.read(descriptor, room.baseAddress, room.count)
            if count >= 0 {
                bytesRead += count
                return count == 0 ? .end : .bytes(count)
            }
            if errno != EINTR { throw InputError(errno: errno, path: path, doing: "read") }
        }
    }
}
