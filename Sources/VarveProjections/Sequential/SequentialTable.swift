/// A table of rows that a sequential projection shows.
public struct SequentialTable: Hashable, Sendable {
    public var name: String
    public var columns: [String]

    public init(_ name: String, _ columns: [String]) {
        self.name = name
        self.columns = columns
    }
}
