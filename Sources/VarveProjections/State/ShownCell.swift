/// What a reader sees of one cell: its row, with all dimensions, as `ViewState.rows` gives it where no budget folds the answer.
public struct ShownCell: Hashable, Sendable {
    public var bucket: Int64
    public var key: [UInt8]
    /// Nil when there is nothing to see: the cell was folded by the budget, or its counts are all zero.
    public var row: ViewRow?

    public init(bucket: Int64, key: [UInt8], row: ViewRow?) {
        self.bucket = bucket
        self.key = key
        self.row = row
    }
}
