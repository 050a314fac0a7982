public import VarveEvents

/// What the server knows beside the log.
public struct ServerFacts: Sendable {
    /// Where it is reached, for commands to copy: `http://127.0.0.1:8430`.
    public var address: String
    public var version: String
    public var retentionDays: Int
    public var memoryBytes: UInt64
    public var uptimeSeconds: Double
    public var streams: Int
    public var connections: Int
    /// What the clock says.
    public var clock: Timestamp
    /// Faults behind the answers, newest last.
    public var backgroundErrors: [String]

    public init(
        address: String, version: String, retentionDays: Int, memoryBytes: UInt64, uptimeSeconds: Double, streams: Int,
        connections: Int, clock: Timestamp, backgroundErrors: [String] = []
    ) {
        self.address = address
        self.version = version
        self.retentionDays = retentionDays
        self.memoryBytes = memoryBytes
        self.uptimeSeconds = uptimeSeconds
        self.streams = streams
        self.connections = connections
        self.clock = clock
        self.backgroundErrors = backgroundErrors
    }
}
