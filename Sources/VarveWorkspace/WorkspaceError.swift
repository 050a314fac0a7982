public import VarveDisk
public import VarveIngest
public import VarveLog
public import VarveViews

/// Why a workspace operation failed.
public struct WorkspaceError: Error, Sendable, CustomStringConvertible {
    /// Stable codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The log refused an operation or failed; see `log`.
        case log
        /// A view could not be maintained or read; see `view`.
        case view
        /// Records could not be ingested; see `ingest`.
        case ingest
        /// The disk failed; see `disk`.
        case disk
        /// The workspace was opened read-only.
        case readOnly = "read_only"
        /// Too many queries are waiting. Retry later.
        case busy
        /// The task was cancelled, or the workspace closed.
        case cancelled
        /// A bug in this program.
        case `internal`
    }

    public var code: Code
    /// What happened, as a sentence.
    public var message: String
    /// The directory, file or input concerned.
    public var place: String?
    public var log: LogError?
    public var view: ViewError?
    public var ingest: IngestError?
    public var disk: DiskError?

    public init(_ code: Code, _ message: String, place: String? = nil) {
        self.code = code
        self.message = message
        self.place = place
    }

    /// Converts any error of the modules below; unknown errors become `.internal`.
    init(_ error: any Error, place: String? = nil) {
        switch error {
        case let error as WorkspaceError: self = error
        case let error as IngestError:
            self.init(error.code == .cancelled ? .cancelled : .ingest, error.message, place: error.place ?? place)
            (ingest, log, disk) = (error, error.log, error.disk)
        case let error as LogError:
            self.init(.log, error.message, place: place)
            (log, disk) = (error, error.disk)
        case let error as ViewError:
            self.init(error.code == .stopped ? .cancelled : .view, error.message, place: place)
            (view, log, disk) = (error, error.log, error.disk)
        case let error as DiskError:
            self.init(.disk, error.description, place: error.path)
            disk = error
        case is CancellationError: self.init(.cancelled, "the work was cancelled", place: place)
        default: self.init(.internal, "\(error)", place: place)
        }
    }

    public var description: String { (place.map { "\($0): " } ?? "") + "\(code.rawValue): \(message)" }
}
