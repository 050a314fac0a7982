internal import VarveDisk
public import VarveEvents

/// A row that was not appended because the log already has its id.
public struct DuplicateRow: Hashable, Sendable {
    /// The row's index in the submitted batch.
    public var row: Int
    /// The offset of the event with that id.
    public var original: Offset

    public init(row: Int, original: Offset) {
        self.row = row
        self.original = original
    }
}
