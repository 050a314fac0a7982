/// Why bytes are not a valid frame. The meaning depends on the place: above the durable watermark any of these is a torn tail,
/// below it is damage (see `docs/format/frame.md`).
public struct FormatError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A small, stable set.
    public enum Code: String, Sendable {
        /// No magic: zeros, text, another file.
        case notAFrame
        /// A frame of a format version that this program does not know. Such frames are never rewritten or cut.
        case newerVersion
        /// The bytes end before the frame does.
        case truncated
        /// A checksum does not match: the header's, the directory's or a column's.
        case checksumMismatch
        /// Checksums match but the content violates the format: a bug in the writer, or a forgery.
        case malformed
    }

    public var code: Code
    /// What is wrong, with the values found.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(code.rawValue): \(message)" }
}
