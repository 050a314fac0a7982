internal import Hummingbird
internal import NIOCore
internal import VarveIngest
internal import VarveWire

/// The bytes of a request's body, unpacked and cut into lines, on their way into the log a portion at a time.
struct BodyReader: ~Copyable {
    private let inflater: BodyInflater?
    private var lines: JSONObjectLines?
    /// Whether JSON that need not be lines is told by its first byte.
    private var mayBeArray: Bool
    private let limits: ServerLimits
    private let room: UnsafeMutableRawBufferPointer?
    private static let roomBytes = 256 << 10

    /// - Parameter coding: What `Content-Encoding` says; empty for none.
    init(coding: String, isJSON: Bool, isJSONDocument: Bool, _ limits: ServerLimits) throws(Problem) {
        switch coding {
        case "", "identity": inflater = nil
        case "gzip", "x-gzip": inflater = BodyInflater(.gzip)
        case "deflate": inflater = BodyInflater(.deflate)
        default:
            throw Problem(415, "unsupported_encoding", "bodies are packed with gzip or deflate, not with \(coding)")
        }
        lines = isJSONDocument ? JSONObjectLines() : nil
        mayBeArray = isJSON && !isJSONDocument
        self.limits = limits
        room = inflater == nil ? nil : .allocate(byteCount: Self.roomBytes, alignment: 16)
    }

    deinit { room?.deallocate() }

    /// Takes one portion as it came.
    mutating func take(_ buffer: ByteBuffer, into body: inout BodyIngest) async throws {
        var buffer = buffer
        while let part = buffer.readSlice(length: min(buffer.readableBytes, BodyInflater.portion)), part.readableBytes > 0 {
            guard let inflater, let room else {
                try part.withUnsafeReadableBytes { try feed($0, &body) }
                try await body.append()
                continue
            }
            part.withUnsafeReadableBytes { inflater.give($0) }
            while case let count = try inflater.read(into: room), count > 0 {
                try feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]), &body)
                try await body.append()
                try checkRatio(body.bytes, inflater.packed)
            }
        }
    }

    /// The body has ended.
    func finish() throws { try inflater?.finish() }

    private func checkRatio(_ unpacked: UInt64, _ packed: UInt64) throws(Problem) {
        guard unpacked > limits.unpackedFree, unpacked / max(1, packed) > limits.unpackedRatio else { return }
        throw Problem(413, "unpacks_too_large", "the body unpacks to more than \(limits.unpackedRatio) times its size")
    }

    private mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: inout BodyIngest) throws {
        if mayBeArray, let first = bytes.first(where: { $0 > 0x20 }) {
            mayBeArray = false
            if first == UInt8(ascii: "[") { lines = JSONObjectLines() }
        }
        guard lines != nil else { return try body.feed(bytes) }
        var cut: [UInt8] = []
        lines?.feed(bytes, into: &cut)
        try cut.withUnsafeBytes { try body.feed($0) }
    }
}
