/// A range of offsets that is missing in the views of a store because the log could not deliver it.
public struct Gap: Hashable, Sendable {
    public var offsets: Range<UInt64>
    public var reason: String

    public init(offsets: Range<UInt64>, reason: String) {
        self.offsets = offsets
        self.reason = reason
    }
}
