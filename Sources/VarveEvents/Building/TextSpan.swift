/// A text inside a buffer: where it starts and how many bytes it has.
public struct TextSpan: Hashable, Sendable, BitwiseCopyable {
    public var start: UInt32
    public var count: UInt32

    @inlinable
    public init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }
}
