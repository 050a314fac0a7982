internal import VarveBatchFormat
public import VarveDisk

/// Why the log did not do what it was asked.
public struct LogError: Error, Sendable, CustomStringConvertible {
    /// Stable names; a command maps them to its exit codes.
    public enum Code: String, Sendable, CaseIterable {
        /// Another writer holds the lock. The message names its pid and host.
        case lockHeld = "lock_held"
        /// Another writer has opened the log since: this one must not write any more.
        case fenced = "fenced"
        /// There is no log at this path.
        case noLog = "no_log"
        /// The log was written by a newer program.
        case newerFormat = "newer_format"
        /// Bytes below the watermark are not what was written.
        case damaged = "damaged"
        /// The disk is full. Nothing of the append is in the log; it can be repeated when there is space.
        case noSpace = "no_space"
        /// The disk failed. What was not acknowledged may or may not be in the log.
        case inputOutput = "io"
        /// Events acknowledged at level `interval` could not be made durable. The writer is at its end.
        case acknowledgedLost = "acknowledged_lost"
        /// The batch breaks a limit and was not taken.
        case batchRefused = "batch_refused"
        /// A later epoch of this producer has appended: it must not append any more.
        case producerFenced = "producer_fenced"
        /// The append's number is lower than the producer's latest, and not one that is remembered.
        case producerSequence = "producer_sequence"
        /// The writer was closed.
        case closed = "closed"
        /// The offsets asked for were removed by retention.
        case truncated = "truncated"
        /// Something looks wrong, and what was asked cannot be undone. Nothing was changed; it can be confirmed.
        case refused = "refused"
        /// A mistake of this program. The message says which.
        case `internal` = "internal"
    }

    public var code: Code
    /// A sentence: what, where, and what to do next.
    public var message: String
    /// The disk's own answer, where there is one.
    public var disk: DiskError?

    public init(_ code: Code, _ message: String, disk: DiskError? = nil) {
        self.code = code
        self.message = message
        self.disk = disk
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// Any error of the floors below, as one of ours.
    init(_ error: any Error) {
        switch error {
        case let error as LogError: self = error
        case let error as DiskError: self.init(error)
        case let error as FormatError:
            self.init(error.code == .newerVersion ? .newerFormat : .damaged, error.message)
        case let error as IDRunDamage: self.init(.damaged, "the run of ids of \(error.offsets): \(error.reason)")
        default: self.init(.internal, "\(type(of: error)): \(error)")
        }
    }

    private init(_ error: DiskError) {
        switch error.code {
        case .lockHeld:
            self.init(.lockHeld, "the log is being written by another process (\(error.detail)): \(error.path)", disk: error)
        case .noSpace: self.init(.noSpace, "the disk is full: \(error)", disk: error)
        case .notFound: self.init(.noLog, "a file of the log is missing: \(error)", disk: error)
        default: self.init(.inputOutput, "the disk failed: \(error)", disk: error)
        }
    }
}

/// Runs `body`, whose errors may be of any floor below, and gives them our type.
func typed<Value>(_ body: () throws -> Value) throws(LogError) -> Value {
    do {
        return try body()
    } catch {
        throw LogError(error)
    }
}
