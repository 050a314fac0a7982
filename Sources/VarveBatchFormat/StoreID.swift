internal import VarveHash

/// The identity of a log: 128 random bits chosen when the log was created. Every frame stores it.
public struct StoreID: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
