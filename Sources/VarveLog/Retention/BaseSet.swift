internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// All bases of a log at one R.
public struct BaseSet: Hashable, Sendable {
    /// R.
    public var boundary: Offset
    public var blobs: [String: [UInt8]]

    public init(boundary: Offset, blobs: [String: [UInt8]] = [:]) {
        self.boundary = boundary
        self.blobs = blobs
    }
}
