internal import VarveBatchFormat
internal import VarveDisk
internal import VarveEvents

/// The number of segments, events and bytes that are kept below R.
public struct KeptCount: Hashable, Sendable {
    public var segments = 0
    public var events: UInt64 = 0
    public var bytes: UInt64 = 0

    public init() {}
}
