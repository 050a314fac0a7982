internal import VarveDisk
public import VarveEvents

/// A row that was not appended because its id is in the log.
public struct DuplicateRow: Hashable, Sendable {
    /// Its row in the batch that was handed in.
    public var row: Int
    /// Where the event with that id is.
    public var original: Offset

    public init(row: Int, original: Offset) {
        self.row = row
        self.original = original
    }
}
