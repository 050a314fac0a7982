public import VarveLog

/// Makes traces out of the spans of a log: the server's own way, so that pages and interface say the same.
public protocol TraceSource: Sendable {
    /// The latest traces of which a span is as wanted. Blocks.
    ///
    /// - Parameter offset: Events below it count.
    func latest(_ question: TraceQuestion, _ reader: LogReader, below offset: UInt64) throws -> [ShownTrace]

    /// One trace; nil when there is no span of it. Blocks.
    func trace(_ id: String, _ reader: LogReader, below offset: UInt64) throws -> ShownTrace?

    /// A time as it is typed, `100ms`, in nanoseconds; nil for what is none.
    func duration(_ text: String) -> Int64?
}
