public import VarveDisk
public import VarveLog
public import VarveWire

/// Why an ingest stopped. Events appended before stay in the log.
public struct IngestError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; commands and servers map them to their own.
    public enum Code: String, Sendable, CaseIterable {
        /// The log refused an append or failed; see `log`.
        case log
        /// The dead-letter file could not be written; see `disk`.
        case deadLetters = "dead_letters"
        /// An input could not be read; see `input`.
        case input
        /// The key was already used for different content.
        case keyConflict = "key_conflict"
        /// Another request with the same key is in progress.
        case keyInUse = "key_in_use"
        /// An input with numbered appends has too many lines.
        case tooManyLines = "too_many_lines"
        /// An input that must be read twice can be read only once.
        case notRepeatable = "not_repeatable"
        /// The task was cancelled.
        case cancelled
        /// A bug in this program.
        case `internal`
    }

    public var code: Code
    /// What happened, as a sentence.
    public var message: String
    /// The file, input or key concerned, if any.
    public var place: String?
    /// The underlying log error, if any.
    public var log: LogError?
    /// The underlying disk error, if any.
    public var disk: DiskError?
    /// The underlying input error, if any.
    public var input: InputError?

    public init(_ code: Code, _ message: String, place: String? = nil) {
        self.code = code
        self.message = message
        self.place = place
    }

    public init(_ error: LogError) {
        self.init(.log, error.message)
        log = error
        disk = error.disk
    }

    /// A failure of the dead-letter file.
    public init(_ error: DiskError) {
        self.init(.deadLetters, "the dead-letter file could not be written: \(error)", place: error.path)
        disk = error
    }

    public init(_ error: InputError) {
        self.init(.input, error.message, place: error.path)
        input = error
    }

    /// Converts any error of an ingest; unknown errors become `.internal`.
    init(any error: any Error) {
        switch error {
        case let error as IngestError: self = error
        case let error as LogError: self.init(error)
        case let error as DiskError: self.init(error)
        case let error as InputError: self.init(error)
        case is CancellationError: self.init(.cancelled, "the ingest was cancelled")
        default: self.init(.internal, "\(error)")
        }
    }

    public var description: String { (place.map { "\($0): " } ?? "") + "\(code.rawValue): \(message)" }
}
