internal import Synchronization

/// How many events a producer has sent, and what became of them: sent = appended + duplicate + failed + those on their way.
public struct ProducerCounts: Hashable, Sendable {
    public var sent: UInt64 = 0
    public var appended: UInt64 = 0
    public var duplicate: UInt64 = 0
    public var failed: UInt64 = 0

    var acknowledged: UInt64 { appended + duplicate + failed }
}
