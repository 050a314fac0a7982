/// The position of one event in the log: dense, 0, 1, 2 …, never reused.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var value: UInt64

    public init(_ value: UInt64) {
        self.value = value
    }

    public static func < (left: Offset, right: Offset) -> Bool {
        left.value < right.value
    }

    public var description: String { String(value) }
}
