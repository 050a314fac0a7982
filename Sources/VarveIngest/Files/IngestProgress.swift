public import VarveLog

/// The progress of an ingest.
public struct IngestProgress: Sendable {
    /// Lines of all inputs that have been processed.
    public var lines: Int
    public var received: Int
    public var rejected: Int
    /// Every event below this offset is on disk.
    public var durable: UInt64
    /// Errors of the log's background work, such as a segment that cannot be sealed. They do not affect the counts of records.
    public var backgroundErrors: [BackgroundError]
}
