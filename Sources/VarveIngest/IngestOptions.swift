public import VarveLog

/// How one ingest hands its events to the log, and what its receipt promises.
public struct IngestOptions: Sendable {
    /// What an append promises when it returns.
    public var durability: Durability
    /// What the request is known by when it is sent again; nil for a request that is not.
    public var key: IngestKey?
    /// What the input is called in dead letters and messages.
    public var source: String

    public init(durability: Durability = .sync, key: IngestKey? = nil, source: String = "-") {
        self.durability = durability
        self.key = key
        self.source = source
    }
}
