/// Rows of one table of a sequential projection.
public struct TableRows: Hashable, Sendable {
    public var table: SequentialTable
    public var rows: [ViewRow]
    /// Rows of the selected entries and time range that are no longer stored.
    public var dropped: Int64
}
