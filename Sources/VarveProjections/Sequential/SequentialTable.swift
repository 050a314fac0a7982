/// A table of a sequential projection.
public struct SequentialTable: Hashable, Sendable {
    public var name: String
    public var columns: [String]

    public init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }

    /// The column with a row's time, named `time`; in a table without one, rows describe whole entries.
    var timeColumn: Int? { columns.lastIndex(of: "time") }
}
