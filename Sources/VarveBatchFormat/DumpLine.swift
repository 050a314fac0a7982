/// A range of bytes of a frame, and what it contains.
public struct DumpLine: Hashable, Sendable {
    /// From the frame's first byte.
    public var bytes: Range<Int>
    public var text: String

    public init(bytes: Range<Int>, text: String) {
        self.bytes = bytes
        self.text = text
    }
}
