/// Why a query is refused, or could not be answered.
public struct PromQLError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// The text is no query. `range` says where.
        case syntax
        /// It is one, of a kind that is not supported here; the message names it.
        case unsupported
        /// The evaluation failed: for instance, both sides of an operator have several series for one match group.
        case execution
        /// It would hold more samples in memory than `PromQLLimits.samplesMax`.
        case tooManySamples
        /// The caller stopped it.
        case stopped
        /// The source of series failed; `cause` says how.
        case source
    }

    public var code: Code
    public var message: String
    /// Bytes of the query's text.
    public var range: Range<Int>?
    public var cause: (any Error)?

    public init(_ code: Code, _ message: String, range: Range<Int>? = nil, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.range = range
        self.cause = cause
    }

    public var description: String { message }

    static func execution(_ message: String) -> PromQLError { PromQLError(.execution, message) }
    static let sameLabels = execution("vector cannot contain metrics with the same labelset")
}
