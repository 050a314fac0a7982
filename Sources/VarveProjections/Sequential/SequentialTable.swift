/// A table of rows that a sequential projection shows.
public struct SequentialTable: Hashable, Sendable {
    public var name: String
    public var columns: [String]

    public init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }

    /// The column that says when a row happened, which is called `time`; a table without one has rows about whole entries.
    var timeColumn: Int? { columns.lastIndex(of: "time") }
}
