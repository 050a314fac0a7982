public import VarveEvents

/// What a column of a frame costs. `key` is nil for the frame's own columns: time, observed, group, offset.
public struct ColumnSize: Hashable, Sendable {
    public var key: ColumnKey?
    public var name: String
    public var rawBytes: Int
    public var storedBytes: Int
}
