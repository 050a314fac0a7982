public import VarveEvents

/// The size of one column of a frame. `key` is nil for the frame's own columns: time, observed, group, offset.
public struct ColumnSize: Hashable, Sendable {
    public var key: ColumnKey?
    public var name: String
    public var rawBytes: Int
    public var storedBytes: Int
}
