internal import VarveHash

/// One cell as stored bytes. The key identifies the combination of dimension values; the state is never shown directly.
public struct CellState: Hashable, Sendable {
    public var bucket: Int64
    /// The dimension values, as bytes in value order; a single `FF` for combinations folded by the budget.
    public var key: [UInt8]
    public var state: [UInt8]

    public init(bucket: Int64, key: [UInt8], state: [UInt8]) {
        self.bucket = bucket
        self.key = key
        self.state = state
    }
}
