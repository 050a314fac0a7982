public import VarveEvents
internal import VarveHash

/// What a reader wants of a frame. Columns that are not asked for are neither verified nor decompressed.
public struct ColumnSelection: Hashable, Sendable {
    /// The columns; nil for all of them. Those that the frame does not have are left out silently.
    public var keys: Set<ColumnKey>?
    /// Whether event times are wanted.
    public var times: Bool
    /// Whether append times are wanted.
    public var observed: Bool
    /// Nanoseconds, when event times are wanted only to tell in which multiple of so many they lie: a time may then come as
    /// another one of the same multiple, and most need not be unpacked. Nil for the times themselves.
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
