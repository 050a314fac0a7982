public import VarveDisk
public import VarveIngest
public import VarveLog
public import VarveViews

/// Why a workspace did not do what it was asked.
public struct WorkspaceError: Error, Sendable, CustomStringConvertible {
    /// Stable names.
    public enum Code: String, Sendable, CaseIterable {
        /// The log refused or failed; `log` says how.
        case log
        /// Views could not be kept or read; `view` says why.
        case view
        /// Records could not be taken in; `ingest` says why.
        case ingest
        /// The disk failed; `disk` says how.
        case disk
        /// The workspace was opened to be read only.
        case readOnly = "read_only"
        /// Too many questions wait for an answer already. Ask again later.
        case busy
        /// The task was cancelled, or the workspace closed.
        case cancelled
        /// A fault of this program.
        case `internal`
    }

    public var code: Code
    /// A sentence: what happened.
    public var message: String
    /// The directory, file or input that it happened at.
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

    /// Any error of the modules below, as one of ours; what is unknown is `.internal`.
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
