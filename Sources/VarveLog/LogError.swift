internal import VarveBatchFormat
public import VarveDisk

/// An error of the log: a stable code, a sentence for people, and the disk's error where there is one.
public struct LogError: Error, Sendable, CustomStringConvertible {
    /// Stable identifiers; commands map them to exit codes.
    public enum Code: String, Sendable, CaseIterable {
        /// Another writer holds the lock. The message names its pid and host.
        case lockHeld = "lock_held"
        /// Another writer has opened the log since then, so this one must not write any more.
        case fenced = "fenced"
        /// There is no log at this path.
        case noLog = "no_log"
        /// The log was written by a newer program.
        case newerFormat = "newer_format"
        /// Bytes below the watermark are not what was written.
        case damaged = "damaged"
        /// The disk is full. No event of the append is in the log; repeat it when there is space.
        case noSpace = "no_space"
        /// A disk operation failed. Events that were not acknowledged may or may not be in the log.
        case inputOutput = "io"
        /// Events acknowledged at level `interval` could not be made durable. The writer accepts no more appends.
        case acknowledgedLost = "acknowledged_lost"
        /// The batch exceeds a limit and was not appended.
        case batchRefused = "batch_refused"
        /// A later epoch of this producer has appended, so this epoch must not append any more.
        case producerFenced = "producer_fenced"
        /// The append's sequence number is below the producer's latest one and no longer remembered, so it cannot be
        /// deduplicated.
        case producerSequence = "producer_sequence"
        /// The writer was closed.
        case closed = "closed"
        /// Retention has removed the requested offsets.
        case truncated = "truncated"
        /// The request looks wrong and cannot be undone, so nothing was changed. It can be repeated with a confirmation.
        case refused = "refused"
        /// A bug in this program. The message says which.
        case `internal` = "internal"
    }

    public var code: Code
    /// A sentence: what failed, where, and what to do next.
    public var message: String
    /// The underlying disk error, if any.
    public var disk: DiskError?

    public init(_ code: Code, _ message: String, disk: DiskError? = nil) {
        self.code = code
        self.message = message
        self.disk = disk
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// Wraps an error of a lower module.
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

/// Runs `body` and converts any error it throws to `LogError`.
func typed<Value>(_ body: () throws -> Value) throws(LogError) -> Value {
    do {
        return try body()
    } catch {
        throw LogError(error)
    }
}
