internal import GRDB
public import VarveDisk
public import VarveLog
public import VarveProjections

/// An error of the views: a stable code, a sentence for people, and the underlying error where there is one.
public struct ViewError: Error, Sendable, CustomStringConvertible {
    /// Stable identifiers; commands map them to exit codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The projector has not run here yet.
        case noStore = "no_store"
        /// The store belongs to another log or no longer matches this one.
        case otherLog = "other_log"
        /// The views contain events that the log has not published as durable.
        case aheadOfLog = "ahead_of_log"
        /// The store does not have the view.
        case unknownView = "unknown_view"
        /// The store has the view, but with another definition.
        case outdatedView = "outdated_view"
        /// The view cannot answer the query.
        case badQuery = "bad_query"
        /// A file does not contain a valid view definition.
        case badDefinition = "bad_definition"
        /// A file of this name exists already.
        case exists
        /// The name is not valid for a projector or a view.
        case badName = "bad_name"
        /// Another process runs this projector. The message names its pid and host.
        case lockHeld = "lock_held"
        /// Written by a newer program.
        case newerFormat = "newer_format"
        /// A store, state or proof does not hold what was written.
        case damaged = "damaged"
        /// Retention has removed the requested offset.
        case expired = "expired"
        /// The requested offset is not durable yet.
        case notDurableYet = "not_durable_yet"
        /// The log could not be read.
        case log = "log"
        case noSpace = "no_space"
        case inputOutput = "io"
        /// A sequential projection cannot process an event.
        case poisoned = "poisoned"
        /// The work was stopped before it was done.
        case stopped = "stopped"
        /// A bug in this program. The message says which.
        case `internal` = "internal"
    }

    public var code: Code
    /// A sentence: what failed, where, and what to do next.
    public var message: String
    /// The underlying log error, if any.
    public var log: LogError?
    /// The underlying disk error, if any.
    public var disk: DiskError?
    /// The event that a projection could not process.
    public var poisoned: PoisonedEvent?

    public init(_ code: Code, _ message: String, log: LogError? = nil, disk: DiskError? = nil, poisoned: PoisonedEvent? = nil) {
        self.code = code
        self.message = message
        self.log = log
        self.disk = disk
        self.poisoned = poisoned
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// Wraps an error of a lower module. `place` is the file being worked on.
    init(_ error: any Error, at place: String) {
        switch error {
        case let error as ViewError: self = error
        case let error as LogError: self.init(error)
        case let error as DiskError: self.init(error)
        case let error as StateError: self.init(.damaged, "\(place): \(error.description)")
        case let error as PoisonedEvent: self.init(.poisoned, "\(error)", poisoned: error)
        case let error as QueryError: self.init(.badQuery, error.description)
        case let error as DatabaseError: self.init(error, at: place)
        // A value of a type that we never write.
        case let error as RowDecodingError: self.init(.damaged, "\(place): \(error)")
        default: self.init(.internal, "\(place): \(type(of: error)): \(error)")
        }
    }

    private init(_ error: LogError) {
        switch error.code {
        case .newerFormat: self.init(.newerFormat, error.message, log: error)
        case .truncated: self.init(.expired, error.message, log: error)
        default: self.init(.log, error.message, log: error)
        }
    }

    private init(_ error: DiskError) {
        switch error.code {
        case .lockHeld: self.init(.lockHeld, "another process holds the lock (\(error.detail)): \(error.path)", disk: error)
        case .noSpace: self.init(.noSpace, "the disk is full: \(error)", disk: error)
        default: self.init(.inputOutput, "the disk failed: \(error)", disk: error)
        }
    }

    /// SQLite results that mean a damaged file. Our statements match our tables, so a plain error, a constraint violation or a
    /// read-only result shows that the file is not as we wrote it.
    private static let damage: [ResultCode] = [
        .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA, .SQLITE_READONLY,
        .SQLITE_FORMAT,
    ]

    private static func isDamage(_ error: DatabaseError) -> Bool {
        damage.contains(error.resultCode) && !isUnfinished(error)
    }

    /// Whether a crash has left recovery work that only the projector may do, because readers write nothing.
    private static func isUnfinished(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_READONLY && error.extendedResultCode != .SQLITE_READONLY
    }

    private init(_ error: DatabaseError, at place: String) {
        let reason = error.message ?? "no reason given"
        switch error.resultCode {
        case _ where Self.isDamage(error):
            self.init(
                .damaged,
                "\(place): SQLite reports damage (\(reason)). Views are derived; the projector rebuilds them")
        case _ where Self.isUnfinished(error):
            self.init(.noStore, "\(place): not a finished view store (\(reason))")
        case .SQLITE_FULL:
            self.init(.noSpace, "\(place): the disk is full; the projector continues when there is space")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.lockHeld, "\(place): another process held the file too long (\(reason)); try again")
        case .SQLITE_CANTOPEN: self.init(.noStore, "\(place): cannot be opened (\(reason))")
        case .SQLITE_ERROR, .SQLITE_MISUSE, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_INTERNAL:
            self.init(.internal, "\(place): SQLite says \(error.resultCode): \(reason)")
        default: self.init(.inputOutput, "\(place): SQLite says \(error.resultCode): \(reason)")
        }
    }
}

/// Runs `body` and converts any error it throws to `ViewError`.
func typed<Value>(at place: String, _ body: () throws -> Value) throws(ViewError) -> Value {
    do {
        return try body()
    } catch {
        throw ViewError(error, at: place)
    }
}
