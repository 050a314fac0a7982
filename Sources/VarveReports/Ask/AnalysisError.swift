/// Why an analysis has no answer.
public struct AnalysisError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// What was asked makes no sense: a wrong name, a missing parameter.
        case usage
        /// The data do not allow an answer.
        case failure
    }

    public var kind: Kind
    public var message: String
    /// What to do about it.
    public var next: String?

    public init(_ kind: Kind, _ message: String, next: String? = nil) {
        (self.kind, self.message, self.next) = (kind, message, next)
    }

    public var description: String { message + (next.map { "; \($0)" } ?? "") }
}
