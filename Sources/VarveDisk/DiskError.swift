// The error of a file operation: a struct with a stable code, the operation, the path and the system's reason. Errors are
// values; nothing here logs or retries.

internal import SystemPackage

/// A failed file operation.
public struct DiskError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure. The raw values are stable.
    public enum Code: String, Sendable, CaseIterable {
        case notFound = "not_found"
        case exists = "exists"
        case noSpace = "no_space"
        case inputOutput = "io"
        case readOnly = "read_only"
        case permission = "permission"
        case tooManyFiles = "too_many_files"
        case lockHeld = "lock_held"
        /// A symbolic link, FIFO, device or directory where a regular file is expected, or the reverse.
        case wrongKind = "wrong_kind"
        case badPath = "bad_path"
        case other = "other"
    }

    public var code: Code
    /// The underlying `errno`, or 0.
    public var errno: Int32
    /// The operation, as a verb: `open`, `write`, `fdatasync`.
    public var operation: String
    public var path: String
    /// Further details; for `lockHeld`, the holder's note in the lock file.
    public var detail: String

    public init(_ code: Code, errno: Int32 = 0, operation: String, path: String, detail: String = "") {
        self.code = code
        self.errno = errno
        self.operation = operation
        self.path = path
        self.detail = detail
    }

    /// The error for a failed system call.
    public init(errno: Int32, operation: String, path: String) {
        let code: Code =
            switch Errno(rawValue: errno) {
            case .noSuchFileOrDirectory: .notFound
            case .fileExists: .exists
            case .noSpace, .diskQuotaExceeded, .fileTooLarge: .noSpace
            case .ioError: .inputOutput
            case .readOnlyFileSystem: .readOnly
            case .permissionDenied, .notPermitted: .permission
            case .tooManyOpenFiles, .tooManyOpenFilesInSystem: .tooManyFiles
            case .tooManySymbolicLinkLevels, .notDirectory, .isDirectory: .wrongKind
            default: .other
            }
        self.init(code, errno: errno, operation: operation, path: path)
    }

    public var description: String {
        let reason = errno == 0 ? code.rawValue : "\(Errno(rawValue: errno))"
        return "\(operation) \(path): \(reason)" + (detail.isEmpty ? "" : " (\(detail))")
    }
}
