internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// Statistics of one column over a whole log.
public struct ColumnReport: Sendable {
    public internal(set) var name: String
    /// Nil for the frame's own columns: time, observed, group, offset.
    public internal(set) var key: ColumnKey?
    public internal(set) var values: UInt64 = 0
    public internal(set) var storedBytes: UInt64 = 0
    public internal(set) var rawBytes: UInt64 = 0
    /// Distinct values, or a lower bound when there were too many to count.
    public internal(set) var distinct: UInt64 = 0
    /// Entropy in bits per value, by how often each value occurs. For integers, the entropy of differences of neighbours if
    /// that is lower. Nil when it is not estimated.
    public internal(set) var entropyBits: Double?
}
