/// One cell as shown to readers: its row, with all dimensions, as returned by `ViewState.rows` without budget folding.
public struct ShownCell: Hashable, Sendable {
    public var bucket: Int64
    public var key: [UInt8]
    /// Nil if nothing is shown: the cell was folded by the budget, or its counts are all zero.
    public var row: ViewRow?

    public init(bucket: Int64, key: [UInt8], row: ViewRow?) {
        self.bucket = bucket
        self.key = key
        self.row = row
    }
}
