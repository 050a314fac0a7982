/// A text inside a buffer: its start and its length in bytes.
public struct TextSpan: Hashable, Sendable, BitwiseCopyable {
    public var start: UInt32
    public var count: UInt32

    @inlinable
    public init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }
}
