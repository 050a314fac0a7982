internal import Synchronization

/// Counts of a producer's events: sent = appended + duplicate + failed + in flight.
public struct ProducerCounts: Hashable, Sendable {
    public var sent: UInt64 = 0
    public var appended: UInt64 = 0
    public var duplicate: UInt64 = 0
    public var failed: UInt64 = 0

    var acknowledged: UInt64 { appended + duplicate + failed }
}
