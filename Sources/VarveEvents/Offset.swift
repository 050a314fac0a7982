/// The position of one event in the log: dense, 0, 1, 2 …, never reused.
public struct Offset: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var value: UInt64

    public init(_ value: UInt64) {
        self.value = value
    }

    public static func < (left: Offset, right: Offset) -> Bool {
        left.value < right.value
    }

    /// No log gets here: at ten million events a second after 3,600 years. A larger number comes from outside and is refused
    /// where it is read, so that sums of an offset and of what a batch, a segment or a file holds stay in range.
    public static let limit = Offset(1 << 60)

    public var description: String { String(value) }
}
