public import VarveEvents

/// Which traces a page wants.
public struct TraceQuestion: Hashable, Sendable {
    public var service: String?
    /// The name of an operation.
    public var name: String?
    /// Nanoseconds that a trace took at least.
    public var least: Int64 = 0
    public var errorsOnly = false
    /// When spans began.
    public var from: Timestamp?
    public var to: Timestamp?
    public var limit = 40

    public init() {}
}
