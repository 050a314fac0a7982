/// Rows of one table of a sequential projection.
public struct TableRows: Hashable, Sendable {
    public var table: SequentialTable
    public var rows: [ViewRow]
    /// Rows that there were and that are not kept any more, in the entries and the time asked for.
    public var dropped: Int64
}
