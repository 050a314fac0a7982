internal import Hummingbird
internal import NIOCore
internal import VarveIngest
internal import VarveWire

/// The bytes of a request's body, unpacked and cut into lines, on their way into the log a portion at a time.
struct BodyReader: ~Copyable {
    private let inflater: BodyInflater?
    /// Cuts JSON that need not be lines.
    private var records: JSONRecords?
    /// Whether the first bytes were looked at.
    private var isLooked = false
    /// Whether the format is text, so that bytes that are none are refused as a whole.
    private let isText: Bool
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
        records = isJSONDocument ? JSONRecords(.always) : isJSON ? JSONRecords(.anyList) : nil
        isText = isJSON || isJSONDocument
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
    mutating func finish(into body: inout BodyIngest) async throws {
        try inflater?.finish()
        var rest: [UInt8] = []
        records?.finish(into: &rest)
        guard !rest.isEmpty else { return }
        try rest.withUnsafeBytes { try body.feed($0) }
        try await body.append()
    }

    private func checkRatio(_ unpacked: UInt64, _ packed: UInt64) throws(Problem) {
        guard unpacked > limits.unpackedFree, unpacked / max(1, packed) > limits.unpackedRatio else { return }
        throw Problem(413, "unpacks_too_large", "the body unpacks to more than \(limits.unpackedRatio) times its size")
    }

    private mutating func feed(_ bytes: UnsafeRawBufferPointer, _ body: inout BodyIngest) throws {
        if !isLooked, isText, !bytes.isEmpty {
            isLooked = true
            if let kind = FileKind.of(bytes), kind.isRefused {
                throw Problem(
                    inflater == nil ? 415 : 400, "packed_body",
                    "the body is \(kind.what); Content-Encoding names gzip and deflate, and all else is to be unpacked first")
            }
        }
        guard let known = records, !known.passes else { return try body.feed(bytes) }
        var cut: [UInt8] = []
        records?.feed(bytes, into: &cut)
        try cut.withUnsafeBytes { try body.feed($0) }
    }
}
