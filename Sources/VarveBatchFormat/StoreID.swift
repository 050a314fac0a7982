internal import VarveHash

/// Which log a frame belongs to: 128 random bits made when the log was created.
public struct StoreID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
