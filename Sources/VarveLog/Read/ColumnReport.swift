internal import VarveBatchFormat
internal import VarveDisk
public import VarveEvents
internal import VarveHash

/// One column over a whole log.
public struct ColumnReport: Sendable {
    public internal(set) var name: String
    /// Nil for the frames' own: time, observed, group, offset.
    public internal(set) var key: ColumnKey?
    public internal(set) var values: UInt64 = 0
    public internal(set) var storedBytes: UInt64 = 0
    public internal(set) var rawBytes: UInt64 = 0
    /// Distinct values, or at least that many when there were too many to remember.
    public internal(set) var distinct: UInt64 = 0
    /// Bits per value by how often each value occurs; of integers by the differences of neighbours where that is less. Nil for
    /// what is not estimated.
    public internal(set) var entropyBits: Double?
}
