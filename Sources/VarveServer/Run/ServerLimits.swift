internal import VarveWire

/// Every limit on what comes in over the network, each with its reason. Limits on records are in `WireLimits`.
public struct ServerLimits: Sendable {
    /// Connections at the same time: each costs a descriptor and some 40 KiB. Further ones wait in the system's queue.
    public var connections = 1_024
    /// Connections of one address, but for those of this machine.
    public var connectionsPerAddress = 64
    /// Header fields of one request, and their bytes.
    public var headerFields = 64
    public var headerBytes = 16 << 10
    /// Bytes of a request's target.
    public var targetBytes = 8 << 10
    /// A connection on which nothing comes for so long, in the middle of a request or between two, is closed.
    public var idleSeconds = 60
    /// A request whose head takes longer from its first byte on is cut off.
    public var headSeconds = 10
    /// A body that brings fewer bytes a second, once the server has waited for it so long, is cut off. A tail of a file that is
    /// sent as it grows is slow, and may be.
    public var bodyBytesPerSecond = 16
    public var bodyGraceSeconds = 30
    /// A client that takes nothing of an answer for so long is cut off.
    public var writeSeconds = 30
    /// Bytes of bodies that are worked on at the same time. What does not fit is told to come again.
    public var bytesInFlight = 256 << 20
    /// What one body may hold of them at most: memory does not grow with its length.
    public var bytesPerBody = 4 << 20
    /// How much larger than its packed form a body may be, once it has unpacked to `unpackedFree`.
    public var unpackedRatio: UInt64 = 250
    public var unpackedFree: UInt64 = 32 << 20
    /// Bytes of the body of another product's client, unpacked: such a body is read as a whole.
    public var documentBytes = WireLimits.documentBytes
    /// Items of one bulk request: each is answered by itself.
    public var bulkItems = 100_000
    /// Rows of one answer, and events of one page.
    public var rowsPerAnswer = 1_000_000
    public var eventsPerPage = 10_000
    /// Bytes of one page of events; it ends before.
    public var bytesPerPage = 16 << 20
    /// Subscribers of the stream.
    public var streams = 512

    public init() {}
}
