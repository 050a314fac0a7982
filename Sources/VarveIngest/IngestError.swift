public import VarveDisk
public import VarveLog
public import VarveWire

/// Why an ingest stopped. What was appended before stays in the log.
public struct IngestError: Error, Sendable, CustomStringConvertible {
    /// Stable names; commands and servers map them to their own codes.
    public enum Code: String, Sendable, CaseIterable {
        /// The log refused or failed; `log` says how.
        case log
        /// The dead-letter file could not be written; `disk` says why.
        case deadLetters = "dead_letters"
        /// An input could not be read; `input` says why.
        case input
        /// The key was used before for other content.
        case keyConflict = "key_conflict"
        /// Another request with the same key is being taken in.
        case keyInUse = "key_in_use"
        /// An input that numbers its appends has more lines than can be numbered.
        case tooManyLines = "too_many_lines"
        /// An input that has to be read twice can be read only once.
        case notRepeatable = "not_repeatable"
        /// The task was cancelled.
        case cancelled
        /// A fault of this program.
        case `internal`
    }

    public var code: Code
    /// A sentence: what happened.
    public var message: String
    /// The file, input or key that it happened at, where there is one.
    public var place: String?
    /// The log's own error, where there is one.
    public var log: LogError?
    /// The disk's own error, where there is one.
    public var disk: DiskError?
    /// The input's own error, where there is one.
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

    /// The dead-letter file failed.
    public init(_ error: DiskError) {
        self.init(.deadLetters, "refused records could not be kept: \(error)", place: error.path)
        disk = error
    }

    public init(_ error: InputError) {
        self.init(.input, error.message, place: error.path)
        input = error
    }

    /// Any error that an ingest can meet, as one of ours; what is unknown is `.internal`.
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
