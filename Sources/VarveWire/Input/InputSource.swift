internal import Foundation

/// A file, a pipe or standard input: decompressed if it is gzip, whatever its name, and with JSON cut into lines if that is
/// wanted. Used by one thread at a time.
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
    private var hasEnded = false
    private var inflater: GzipInflater?
    /// The first bytes as they were read, until it is known what they are; then until they are handed out.
    private var head: [UInt8] = []
    private var headStart = 0
    private var isKnown = false
    /// Whether the unpacked bytes have been found to be text.
    private var isText = false
    private var records: JSONRecords?
    /// Lines that were cut and are not handed out yet.
    private var cut: [UInt8] = []
    private var cutStart = 0
    private var isCutComplete = false

    /// Whether the input is JSON that was cut into lines: a line's number is then a record's.
    public var isCut: Bool { records?.isCut ?? false }
    /// Whether it is a JSON array whose closing bracket is missing, when the input has ended.
    public var isOpenArray: Bool { records?.isOpen ?? false }

    /// Opens the file at `path`; `-` is standard input.
    ///
    /// - Parameter cutsJSON: Whether an array of objects, or an object over several lines, is handed out as lines.
    public static func open(_ path: String, cutsJSON: Bool = false) throws(InputError) -> InputSource {
        if path == "-" { return InputSource(path: "-", descriptor: 0, fileBytes: nil, cutsJSON) }
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
        return InputSource(path: path, descriptor: descriptor, fileBytes: isFile ? Int(status.st_size) : nil, cutsJSON)
    }

    private init(path: String, descriptor: Int32, fileBytes: Int?, _ cutsJSON: Bool) {
        self.path = path
        self.descriptor = descriptor
        self.fileBytes = fileBytes
        records = cutsJSON ? JSONRecords(.listOfObjects) : nil
    }

    deinit {
        if descriptor > 0 { close(descriptor) }
    }

    /// Reads once into `room`. Waits for the first byte, or at most `timeoutMilliseconds`.
    ///
    /// - Throws: `.notText` for input that no library here unpacks; what to do is in the message.
    public func read(
        into room: UnsafeMutableRawBufferPointer, timeoutMilliseconds: Int32? = nil
    ) throws(InputError) -> Fill {
        while true {
            if cutStart < cut.count { return .bytes(Self.handOut(&cut, &cutStart, room)) }
            guard let records, !records.passes else { return try readText(into: room, timeoutMilliseconds) }
            if isCutComplete { return .end }
            let fill = try readText(into: room, timeoutMilliseconds)
            cut.removeAll(keepingCapacity: true)
            cutStart = 0
            switch fill {
            case .idle: return .idle
            case .end:
                isCutComplete = true
                self.records?.finish(into: &cut)
            case .bytes(let count):
                self.records?.feed(UnsafeRawBufferPointer(rebasing: room[..<count]), into: &cut)
            }
        }
    }

    private static func handOut(_ bytes: inout [UInt8], _ start: inout Int, _ room: UnsafeMutableRawBufferPointer) -> Int {
        let part = bytes[start...].prefix(room.count)
        room.copyBytes(from: part)
        start += part.count
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        }
        return part.count
    }

    /// The unpacked bytes.
    private func readText(
        into room: UnsafeMutableRawBufferPointer, _ timeoutMilliseconds: Int32?
    ) throws(InputError) -> Fill {
        if !isKnown, try recognise(room, timeoutMilliseconds) == .idle { return .idle }
        guard let inflater else {
            if headStart < head.count { return .bytes(Self.handOut(&head, &headStart, room)) }
            return hasEnded ? .end : try readPlain(into: room, timeoutMilliseconds)
        }
        while true {
            let made = try inflater.inflate(into: room, path: path)
            if made > 0 {
                try checkText(UnsafeRawBufferPointer(rebasing: room[..<made]))
                return .bytes(made)
            }
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

    /// Reads until the first bytes tell what the input is. `.idle` if they have not all arrived.
    private func recognise(
        _ room: UnsafeMutableRawBufferPointer, _ timeoutMilliseconds: Int32?
    ) throws(InputError) -> Fill {
        while head.isEmpty || head.withUnsafeBytes({ FileKind.needsMore($0) }), !hasEnded {
            let part = UnsafeMutableRawBufferPointer(rebasing: room.prefix(Self.headBytes))
            switch try readPlain(into: part, timeoutMilliseconds) {
            case .idle: return .idle
            case .end: hasEnded = true
            case .bytes(let count): head += part[..<count]
            }
        }
        isKnown = true
        let kind = head.withUnsafeBytes { FileKind.of($0) }
        if kind?.isGzip == true || path.hasSuffix(".gz") {
            let inflater = GzipInflater()
            inflater.room.copyBytes(from: head)
            inflater.take(head.count)
            head = []
            self.inflater = inflater
        } else if let kind, kind.isRefused {
            throw InputError(kind, path: path)
        }
        return .end
    }

    /// Less than the inflater's room, with what may be there already.
    private static let headBytes = 64 << 10

    /// What was unpacked may be packed again.
    private func checkText(_ first: UnsafeRawBufferPointer) throws(InputError) {
        guard !isText else { return }
        isText = true
        if let kind = FileKind.of(first), kind.isRefused { throw InputError(packed: kind, path: path) }
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
