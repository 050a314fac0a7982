internal import Hummingbird
internal import NIOCore
internal import VarveDisk
internal import VarveIngest
internal import VarveLog
internal import VarveProjections
internal import VarveViews
internal import VarveWire
internal import VarveWorkspace

/// Each failure has one row. What passes is never 500. No row says a path.
extension Problem {
    /// Any error that a handler can meet; nil for those of a connection that is gone.
    init?(_ error: any Error) {
        switch error {
        case let error as Problem: self = error
        case let error as WorkspaceError: self.init(error)
        case let error as IngestError: self.init(error)
        case let error as LogError: self.init(error)
        case let error as ViewError: self.init(error)
        case let error as QueryError: self.init(400, "bad_query", "\(error)")
        case let error as InputError: self.init(error)
        case let error as HTTPError:
            let status = error.status.code
            self.init(status, status == 404 ? "not_found" : "http", error.body ?? "there is nothing at this path")
        case is NIOTooManyBytesError: self.init(413, "too_large", "the body is longer than this path takes")
        case is CancellationError: return nil
        default: self.init(500, "internal", "a fault of this program")
        }
    }

    init(_ error: WorkspaceError) {
        if let inner = error.ingest { self.init(inner); return }
        if let inner = error.view { self.init(inner); return }
        if let inner = error.log { self.init(inner); return }
        switch error.code {
        case .cancelled: self.init(503, "stopping", "the server is stopping", retryAfter: 2)
        case .readOnly: self.init(503, "read_only", "the log is read only here")
        case .disk: self.init(503, "disk", "the disk failed", retryAfter: 5)
        case .internal: self.init(500, "internal", "a fault of this program")
        default: self.init(503, error.code.rawValue, error.message, retryAfter: 1)
        }
    }

    init(_ error: IngestError) {
        if let inner = error.log { self.init(inner); return }
        switch error.code {
        case .keyConflict: self.init(409, "key_conflict", error.message)
        case .keyInUse: self.init(503, "key_in_use", error.message, retryAfter: 1)
        case .tooManyLines: self.init(413, "too_many_records", error.message)
        case .deadLetters:
            let isFull = error.disk?.code == .noSpace
            self.init(isFull ? 507 : 503, "dead_letters", "refused records could not be kept", retryAfter: 5)
        case .cancelled: self.init(503, "stopping", "the server is stopping", retryAfter: 2)
        case .log, .input, .notRepeatable: self.init(400, error.code.rawValue, error.message)
        case .internal: self.init(500, "internal", "a fault of this program")
        }
    }

    init(_ error: InputError) {
        switch error.code {
        case .damagedGzip, .truncatedGzip, .trailingBytes, .notText: self.init(400, error.code.rawValue, error.message)
        case .notFound, .isDirectory, .noPermission, .io: self.init(503, "disk", "a file could not be read", retryAfter: 5)
        }
    }

    init(_ error: LogError) {
        switch error.code {
        case .noSpace: self.init(507, "no_space", "the disk is full; send it again when there is space", retryAfter: 30)
        case .inputOutput, .acknowledgedLost, .fenced, .lockHeld, .closed:
            self.init(503, error.code.rawValue, "the log cannot be written now: what was sent may be in it or not", retryAfter: 5)
        case .batchRefused: self.init(413, "batch_refused", error.message)
        case .producerFenced, .producerSequence: self.init(409, error.code.rawValue, error.message)
        case .truncated: self.init(410, "expired", "retention has removed the events that were asked for")
        case .refused: self.init(409, "refused", error.message)
        case .noLog: self.init(503, "no_log", "there is no log yet", retryAfter: 1)
        case .damaged, .newerFormat, .internal: self.init(500, error.code.rawValue, "the log cannot be read")
        }
    }

    init(_ error: ViewError) {
        switch error.code {
        case .badQuery, .badName: self.init(400, error.code.rawValue, error.message)
        case .unknownView: self.init(404, "unknown_view", error.message)
        case .expired: self.init(410, "expired", error.message)
        case .notDurableYet: self.init(400, "not_durable_yet", error.message)
        case .stopped: self.init(503, "stopping", "the server is stopping", retryAfter: 2)
        case .noSpace: self.init(507, "no_space", "the disk is full", retryAfter: 30)
        case .internal: self.init(500, "internal", "a fault of this program")
        default: self.init(503, error.code.rawValue, "what is kept of the view cannot be read now", retryAfter: 1)
        }
    }
}
