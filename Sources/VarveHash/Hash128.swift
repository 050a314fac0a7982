internal import CXXHash

/// A 128-bit XXH3 value, ordered by its high half first. Comparisons are inlinable because a merge does a hundred million of
/// them.
public struct Hash128: Hashable, Comparable, Sendable {
    public var high: UInt64
    public var low: UInt64

    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(_ value: XXH128_hash_t) {
        self.init(high: value.high64, low: value.low64)
    }

    @inlinable
    public static func == (left: Hash128, right: Hash128) -> Bool {
        (left.high ^ right.high) | (left.low ^ right.low) == 0
    }

    @inlinable
    public static func < (left: Hash128, right: Hash128) -> Bool {
        left.high == right.high ? left.low < right.low : left.high < right.high
    }
}
