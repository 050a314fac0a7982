public import VarveLog

/// How one ingest appends its events, and what its receipt guarantees.
public struct IngestOptions: Sendable {
    /// The durability of an append when it returns.
    public var durability: Durability
    /// The idempotency key of the request; nil for a request that is never retried.
    public var key: IngestKey?
    /// The name of the input in dead letters and messages.
    public var source: String

    public init(durability: Durability = .sync, key: IngestKey? = nil, source: String = "-") {
        self.durability = durability
        self.key = key
        self.source = source
    }
}
