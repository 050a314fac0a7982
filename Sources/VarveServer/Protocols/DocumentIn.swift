internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import VarveDisk
internal import VarveEvents
internal import VarveIngest
internal import VarveLog
internal import VarveWire

/// Takes in the body of another product's client: one document, read when all of it has come.
struct DocumentIn: Sendable {
    let state: ServerState

    /// What became of a document.
    struct Result: Sendable {
        var receipt: IngestReceipt
        /// The first refused records.
        var refused: [Rejection]
        var summary: InputSummary

        /// Why some records were refused, for the client's log; nil when none was.
        var refusal: String? {
            guard receipt.rejected > 0, let first = refused.first else { return nil }
            return "\(receipt.rejected) of \(receipt.received) records were refused, the first, record \(first.line), because: "
                + first.message
        }
    }

    /// The bytes of a request's body, unpacked.
    ///
    /// - Throws: 413 for too many of them, 415 for a coding that is not known, 400 for packed bytes that are damaged.
    func bytes(_ request: Request, _ place: Admission.Place) async throws -> [UInt8] {
        let coding = (request.headers[.contentEncoding] ?? "").lowercased()
        return try await collect(request, try Self.inflater(coding), place)
    }

    /// The bytes of a request's body as they are.
    func plainBytes(_ request: Request, _ place: Admission.Place) async throws -> [UInt8] {
        try await collect(request, nil, place)
    }

    private func collect(_ request: Request, _ inflater: BodyInflater?, _ place: Admission.Place) async throws -> [UInt8] {
        let most = state.options.limits.documentBytes
        var bytes: [UInt8] = []
        for try await buffer in request.body {
            guard let inflater else {
                guard bytes.count + buffer.readableBytes <= most else { throw Self.tooLarge(most) }
                buffer.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
                try place.grow(to: cost(bytes.count))
                continue
            }
            try inflate(buffer, inflater, into: &bytes, place)
        }
        try inflater?.finish()
        return bytes
    }

    /// A message that came as a whole, unpacked.
    ///
    /// - Throws: As `bytes`.
    func unpacked(_ message: [UInt8], _ coding: String, _ place: Admission.Place) throws -> [UInt8] {
        guard message.count <= state.options.limits.documentBytes else { throw Self.tooLarge(state.options.limits.documentBytes) }
        guard let inflater = try Self.inflater(coding) else { return message }
        var bytes: [UInt8] = []
        try inflate(ByteBuffer(bytes: message), inflater, into: &bytes, place)
        try inflater.finish()
        return bytes
    }

    private func inflate(
        _ buffer: ByteBuffer, _ inflater: BodyInflater, into bytes: inout [UInt8], _ place: Admission.Place
    ) throws {
        let most = state.options.limits.documentBytes
        var buffer = buffer
        while let part = buffer.readSlice(length: min(buffer.readableBytes, BodyInflater.portion)), part.readableBytes > 0 {
            part.withUnsafeReadableBytes { inflater.give($0) }
            try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 16) { room in
                while case let count = try inflater.read(into: room), count > 0 {
                    guard bytes.count + count <= most else { throw Self.tooLarge(most) }
                    try place.grow(to: cost(bytes.count + count))
                    bytes.append(contentsOf: room[..<count])
                }
            }
        }
    }

    static func tooLarge(_ most: Int) -> Problem {
        Problem(413, "document_too_large", "the body has more than \(most) bytes, unpacked")
    }

    private static func inflater(_ coding: String) throws(Problem) -> BodyInflater? {
        switch coding {
        case "", "identity": nil
        case "gzip", "x-gzip": BodyInflater(.gzip)
        case "deflate": BodyInflater(.deflate)
        default: throw Problem(415, "unsupported_encoding", "bodies are packed with gzip or deflate, not with \(coding)")
        }
    }

    /// Room for the body of a request while it is worked on: what it holds in memory, as far as that can be told before.
    func place(_ request: Request) throws(Problem) -> Admission.Place {
        let limits = state.options.limits
        let length = request.headers[.contentLength].flatMap { Int($0) } ?? min(limits.bytesPerBody, limits.documentBytes)
        // What a client says is no number to reckon with.
        guard length <= limits.documentBytes else { throw Self.tooLarge(limits.documentBytes) }
        let isPacked = request.headers[.contentEncoding] != nil
        return try state.admission.enter(cost(length * (isPacked ? 4 : 1)))
    }

    /// What a document of so many bytes, unpacked, holds in memory: itself, its values, and its events. Of the largest, two are
    /// worked on at the same time.
    func cost(_ length: Int) -> Int {
        let limits = state.options.limits
        let most = max(limits.documentBytes, limits.bytesInFlight / 2 - (64 << 10))
        return min(most, min(limits.documentBytes, length) * 4) + (64 << 10)
    }

    /// How long a body packed with snappy says that it is.
    static func unpackedSize(_ bytes: [UInt8]) -> Int {
        var size = 0
        for (place, byte) in bytes.prefix(5).enumerated() {
            size |= Int(byte & 0x7F) << (7 * place)
            if byte < 0x80 { break }
        }
        return size
    }

    /// Reads a request's body, which `prepare` may change, and appends its events. One that `isPlain` is a block of snappy.
    func take(
        _ request: Request, _ workspace: WritableWorkspace, _ format: InputFormat, isPlain: Bool = false,
        most: Int = BodyIngest.refusedMax, change: (inout DecodeOptions) -> Void,
        prepare: ([UInt8]) throws -> [UInt8] = { $0 }
    ) async throws -> Result {
        let place = try place(request)
        defer { withExtendedLifetime(place) {} }
        let packed = isPlain ? try await plainBytes(request, place) : try await bytes(request, place)
        if isPlain { try place.grow(to: cost(Self.unpackedSize(packed))) }
        let document = try prepare(packed)
        var decoding = DecodeOptions(format, now: Timestamp(nanoseconds: wallClockNanoseconds()))
        change(&decoding)
        return try await take(document, workspace, decoding, most: most)
    }

    /// Appends the events of a document; durable when it returns. Of refused records the first `most` are told.
    func take(
        _ bytes: [UInt8], _ workspace: WritableWorkspace, _ decoding: DecodeOptions, key: BodyKey? = nil,
        most: Int = BodyIngest.refusedMax
    ) async throws -> Result {
        var body = try workspace.body(
            decoding, IngestOptions(durability: .sync, source: decoding.format.rawValue), key: key, policy: nil)
        body.refusedMost = most
        try bytes.withUnsafeBytes { try body.feed($0) }
        let (receipt, summary) = try await body.finish()
        for cause in receipt.refusals.causes { state.metrics.rejected(cause.reason.rawValue, cause.count) }
        return Result(receipt: receipt, refused: body.refused, summary: summary)
    }
}
