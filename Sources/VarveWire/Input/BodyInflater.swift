internal import CZlib

/// Unpacks the body of a request as it comes. Memory is bounded whatever the body claims: what is unpacked goes into the room
/// that is given.
///
///     inflater.give(bytes)
///     while case let count = try inflater.read(into: room), count > 0 { … }
///
/// Used by one task at a time.
public final class BodyInflater: @unchecked Sendable {
    /// What `Content-Encoding` may say.
    public enum Coding: String, CaseIterable, Sendable {
        /// Any number of members after each other.
        case gzip
        /// The zlib format, as HTTP means it.
        case deflate
    }

    /// Packed bytes that may be given at once.
    public static let portion = 256 << 10
    /// Packed bytes given so far.
    public private(set) var packed: UInt64 = 0
    private let inflater: GzipInflater
    private let name: String

    public init(_ coding: Coding) {
        name = coding.rawValue
        inflater = GzipInflater(isGzip: coding == .gzip)
    }

    /// Takes at most `portion` packed bytes; only when `read` has returned 0.
    public func give(_ bytes: UnsafeRawBufferPointer) {
        let count = min(bytes.count, Self.portion)
        inflater.room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        inflater.take(count)
        packed += UInt64(count)
    }

    /// Unpacks what was given into `room`. Returns how many bytes were made; 0 asks for more.
    ///
    /// - Throws: `.damagedGzip`, `.trailingBytes`.
    public func read(into room: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        try inflater.inflate(into: room, path: name)
    }

    /// The body has ended.
    ///
    /// - Throws: `.truncatedGzip` when the packed data has not.
    public func finish() throws(InputError) { try inflater.checkEnd(path: name) }
}
