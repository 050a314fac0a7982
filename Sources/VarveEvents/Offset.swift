/// The position of one event in the log: dense, 0, 1, 2 …, never reused.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var value: UInt64

    public init(_ value: UInt64) {
        self.value = value
    }

    public static func < (left: Offset, right: Offset) -> Bool {
        left.value < right.value
    }

    /// An upper bound for offsets that no log reaches: ten million events a second would take 3,600 years. Larger numbers come
    /// from outside and are refused when they are read, so that sums of offsets and sizes cannot overflow.
    public static let limit = Offset(1 << 60)

    public var description: String { String(value) }
}
