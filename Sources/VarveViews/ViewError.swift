internal import GRDB
public import VarveDisk
public import VarveLog
public import VarveProjections

/// Why views could not be kept or read.
public struct ViewError: Error, Sendable, CustomStringConvertible {
    /// Stable names; a command maps them to its exit codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The projector has not run here yet.
        case noStore = "no_store"
        /// The store belongs to another log, or does not fit this one any more.
        case otherLog = "other_log"
        /// The views say more than the log has published as durable.
        case aheadOfLog = "ahead_of_log"
        /// The store does not have the view.
        case unknownView = "unknown_view"
        /// The store has the view with another definition.
        case outdatedView = "outdated_view"
        /// A question that the view cannot answer.
        case badQuery = "bad_query"
        /// A file that defines no view.
        case badDefinition = "bad_definition"
        /// There is a file of this name already.
        case exists
        /// A name that cannot be a projector's, or a view's.
        case badName = "bad_name"
        /// Another process runs this projector. The message names its pid and host.
        case lockHeld = "lock_held"
        /// Written by a newer program.
        case newerFormat = "newer_format"
        /// Bytes of a store, state or proof are not what was written.
        case damaged = "damaged"
        /// The offset asked for was removed by retention.
        case expired = "expired"
        /// The offset asked for is not durable yet.
        case notDurableYet = "not_durable_yet"
        /// The log could not be read.
        case log = "log"
        case noSpace = "no_space"
        case inputOutput = "io"
        /// A sequential projection cannot take an event.
        case poisoned = "poisoned"
        /// The work was asked to stop before it was done.
        case stopped = "stopped"
        /// A mistake of this program. The message says which.
        case `internal` = "internal"
    }

    public var code: Code
    /// A sentence: what, where, and what to do next.
    public var message: String
    /// The log's own answer, where there is one.
    public var log: LogError?
    /// The disk's own answer, where there is one.
    public var disk: DiskError?
    /// The event that a projection could not take.
    public var poisoned: PoisonedEvent?

    public init(_ code: Code, _ message: String, log: LogError? = nil, disk: DiskError? = nil, poisoned: PoisonedEvent? = nil) {
        self.code = code
        self.message = message
        self.log = log
        self.disk = disk
        self.poisoned = poisoned
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// Any error of the floors below, as one of ours. `place` is the file that was worked on.
    init(_ error: any Error, at place: String) {
        switch error {
        case let error as ViewError: self = error
        case let error as LogError: self.init(error)
        case let error as DiskError: self.init(error)
        case let error as StateError: self.init(.damaged, "\(place): \(error.description)")
        case let error as PoisonedEvent: self.init(.poisoned, "\(error)", poisoned: error)
        case let error as QueryError: self.init(.badQuery, error.description)
        case let error as DatabaseError: self.init(error, at: place)
        // A value of a kind that we never write.
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
        case .lockHeld: self.init(.lockHeld, "another process is at work here (\(error.detail)): \(error.path)", disk: error)
        case .noSpace: self.init(.noSpace, "the disk is full: \(error)", disk: error)
        default: self.init(.inputOutput, "the disk failed: \(error)", disk: error)
        }
    }

    /// What SQLite answers for a damaged file: our statements fit our tables, so that a plain error, a constraint or a file that
    /// may not be written means that the file is not what we have made.
    private static let damage: [ResultCode] = [
        .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_SCHEMA, .SQLITE_READONLY,
        .SQLITE_FORMAT,
    ]

    private static func isDamage(_ error: DatabaseError) -> Bool {
        damage.contains(error.resultCode) && !isUnfinished(error)
    }

    /// A crash has left what only the projector may finish: readers write nothing.
    private static func isUnfinished(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_READONLY && error.extendedResultCode != .SQLITE_READONLY
    }

    private init(_ error: DatabaseError, at place: String) {
        let said = error.message ?? "no reason given"
        switch error.resultCode {
        case _ where Self.isDamage(error):
            self.init(
                .damaged,
                "\(place): SQLite calls it damaged (\(said)). Views are derived: the projector builds them anew")
        case _ where Self.isUnfinished(error):
            self.init(.noStore, "\(place): not a finished view store (\(said)); run `varve project`")
        case .SQLITE_FULL:
            self.init(.noSpace, "\(place): the disk is full; the projector goes on where it was when there is space")
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.lockHeld, "\(place): another process held the file too long (\(said)); try again")
        case .SQLITE_CANTOPEN: self.init(.noStore, "\(place): cannot be opened (\(said)); run `varve project` first")
        case .SQLITE_ERROR, .SQLITE_MISUSE, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE, .SQLITE_INTERNAL:
            self.init(.internal, "\(place): SQLite says \(error.resultCode): \(said)")
        default: self.init(.inputOutput, "\(place): SQLite says \(error.resultCode): \(said)")
        }
    }
}

/// Runs `body`, whose errors may be of any floor below, and gives them our type.
func typed<Value>(at place: String, _ body: () throws -> Value) throws(ViewError) -> Value {
    do {
        return try body()
    } catch {
        throw ViewError(error, at: place)
    }
}
