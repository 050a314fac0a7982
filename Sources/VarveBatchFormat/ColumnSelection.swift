public import VarveEvents
internal import VarveHash

/// The parts of a frame to decode. Columns that are not selected are neither verified nor decompressed.
public struct ColumnSelection: Hashable, Sendable {
    /// The selected columns; nil for all. Columns that the frame does not have are ignored.
    public var keys: Set<ColumnKey>?
    /// Whether to decode event times.
    public var times: Bool
    /// Whether to decode append times.
    public var observed: Bool
    /// If set, event times are needed only to this resolution in nanoseconds: a time may be replaced by another one in the same
    /// multiple, so that most blocks need not be unpacked. Nil for exact times.
    public var timeGrain: Int64?

    public init(keys: Set<ColumnKey>?, times: Bool = true, observed: Bool = false, timeGrain: Int64? = nil) {
        self.keys = keys
        self.times = times
        self.observed = observed
        self.timeGrain = timeGrain
    }

    public static let all = ColumnSelection(keys: nil, times: true, observed: true)
    /// Signals and offsets only.
    public static let none = ColumnSelection(keys: [], times: false, observed: false)
}
