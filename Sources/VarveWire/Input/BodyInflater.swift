internal import CZlib

/// Decompresses the body of a request as it arrives. Memory is bounded whatever the body claims: the output goes into the
/// caller's buffer.
///
///     inflater.give(bytes)
///     while case let count = try inflater.read(into: room), count > 0 { … }
///
/// Used by one task at a time.
public final class BodyInflater: @unchecked Sendable {
    /// The supported values of `Content-Encoding`.
    public enum Coding: String, CaseIterable, Sendable {
        /// Any number of concatenated members.
        case gzip
        /// The zlib format, as defined by HTTP.
        case deflate
    }

    /// The maximum number of compressed bytes per call.
    public static let portion = 256 << 10
    /// Compressed bytes received so far.
    public private(set) var packed: UInt64 = 0
    private let inflater: GzipInflater
    private let name: String

    public init(_ coding: Coding) {
        name = coding.rawValue
        inflater = GzipInflater(isGzip: coding == .gzip)
    }

    /// Accepts at most `portion` compressed bytes, and only after `read` has returned 0.
    public func give(_ bytes: UnsafeRawBufferPointer) {
        let count = min(bytes.count, Self.portion)
        inflater.room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        inflater.take(count)
        packed += UInt64(count)
    }

    /// Decompresses the given bytes into `room`. Returns the number of bytes written; 0 requests more input.
    ///
    /// - Throws: `.damagedGzip`, `.trailingBytes`.
    public func read(into room: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        try inflater.inflate(into: room, path: name)
    }

    /// Ends the body.
    ///
    /// - Throws: `.truncatedGzip` if the compressed data is incomplete.
    public func finish() throws(InputError) { try inflater.checkEnd(path: name) }
}
