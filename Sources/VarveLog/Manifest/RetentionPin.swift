/// A named range of offsets that retention does not remove.
public struct RetentionPin: Hashable, Sendable {
    public var offsets: Range<UInt64>
    public var name: String

    public init(offsets: Range<UInt64>, name: String) {
        self.offsets = offsets
        self.name = name
    }
}
