internal import VarveHash

/// One cell as bytes: what is stored of it. The key names the combination of dimension values, the state is never shown as it is.
public struct CellState: Hashable, Sendable {
    public var bucket: Int64
    /// The dimension values, in bytes that sort like them; a single `FF` for what the budget folded.
    public var key: [UInt8]
    public var state: [UInt8]

    public init(bucket: Int64, key: [UInt8], state: [UInt8]) {
        self.bucket = bucket
        self.key = key
        self.state = state
    }
}
