internal import Foundation

/// Why an input cannot be read. The message says what to do.
public struct InputError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case notFound = "not_found"
        case isDirectory = "is_directory"
        case noPermission = "no_permission"
        case io
        case damagedGzip = "damaged_gzip"
        case truncatedGzip = "truncated_gzip"
        /// The compressed data is followed by something that is not gzip.
        case trailingBytes = "trailing_bytes"
        /// It is no text: packed by something that no library here unpacks, or a format of its own.
        case notText = "not_text"
    }

    public let code: Code
    /// As passed to `InputSource.open`.
    public let path: String
    public let message: String

    public var description: String { "\(path): \(message)" }
}

extension InputError {
    init(_ kind: FileKind, path: String) {
        self.init(code: .notText, path: path, message: kind.refusal(path))
    }

    /// For what gzip unpacks to.
    init(packed kind: FileKind, path: String) {
        self.init(code: .notText, path: path, message: "it is gzip data, and inside " + kind.refusal(inside: path))
    }

    init(errno number: Int32, path: String, doing verb: String) {
        switch number {
        case ENOENT: self.init(code: .notFound, path: path, message: "there is no such file")
        case EISDIR: self.init(code: .isDirectory, path: path, message: "this is a directory; name the files in it")
        case EACCES, EPERM: self.init(code: .noPermission, path: path, message: "it may not be \(verb): permission denied")
        default: self.init(code: .io, path: path, message: "it could not be \(verb): \(String(cString: strerror(number)))")
        }
    }
}
